/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Refcounted objects with a name and a parent, which sysfs shows as folders. */
#ifndef KT_CORE_LINUX_KOBJECT_H
#define KT_CORE_LINUX_KOBJECT_H

#include <kt/core/linux/container_of.h>
#include <kt/core/linux/errno.h>
#include <kt/core/linux/kernel.h>
#include <kt/core/linux/kobject_ns.h>
#include <kt/core/linux/list.h>
#include <kt/core/linux/spinlock_types.h>
#include <kt/core/linux/sysfs.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>
#include <stdarg.h>

struct kset;
struct kset_uevent_ops;
struct kobject;
struct kobj_uevent_env;

struct kobj_type {
	void (*release)(struct kobject *kobj);
	const struct sysfs_ops *sysfs_ops;
	const struct attribute_group **default_groups;
	struct attribute **default_attrs; /* before 5.18 */
};

struct kobject {
	const char *name;
	struct list_head entry;
	struct kobject *parent;
	struct kset *kset;
	const struct kobj_type *ktype;
	atomic_t kt_count;
	unsigned int state_initialized : 1;
	unsigned int state_in_sysfs : 1;
};

/*
 * An object whose `kset` is set is on the set's list while sysfs shows it: in the set's folder, if
 * it has no other parent.
 */
struct kset {
	struct list_head list;
	spinlock_t list_lock;
	struct kobject kobj;
	const struct kset_uevent_ops *uevent_ops;
};

/* These are never called. */
struct kset_uevent_ops {
#if KT_SINCE(6, 2)
	int (*const filter)(const struct kobject *kobj);
	const char *(*const name)(const struct kobject *kobj);
	int (*const uevent)(const struct kobject *kobj, struct kobj_uevent_env *environment);
#else
	int (*const filter)(struct kobject *kobj);
	const char *(*const name)(struct kobject *kobj);
	int (*const uevent)(struct kobject *kobj, struct kobj_uevent_env *environment);
#endif
};

#define UEVENT_NUM_ENVP 64
#define UEVENT_BUFFER_SIZE 2048

/* The variables of an event: the text, and the begin of each. */
struct kobj_uevent_env {
	char *argv[3];
	char *envp[UEVENT_NUM_ENVP];
	int envp_idx;
	char buf[UEVENT_BUFFER_SIZE];
	int buflen;
};

struct kobj_attribute {
	struct attribute attr;
	ssize_t (*show)(struct kobject *kobj, struct kobj_attribute *attr, char *buf);
	ssize_t (*store)(struct kobject *kobj, struct kobj_attribute *attr, const char *buf, size_t count);
};

enum kobject_action { KOBJ_ADD, KOBJ_REMOVE, KOBJ_CHANGE, KOBJ_MOVE, KOBJ_ONLINE, KOBJ_OFFLINE, KOBJ_BIND, KOBJ_UNBIND };

KT_BEGIN
void kobject_init(struct kobject *kobj, const struct kobj_type *ktype);
int kobject_add(struct kobject *kobj, struct kobject *parent, const char *fmt, ...) __printf(3, 4);
int kobject_init_and_add(struct kobject *kobj, const struct kobj_type *ktype, struct kobject *parent,
			 const char *fmt, ...) __printf(4, 5);
int kobject_set_name(struct kobject *kobj, const char *fmt, ...) __printf(2, 3);
struct kobject *kobject_create_and_add(const char *name, struct kobject *parent);
int kobject_rename(struct kobject *kobj, const char *name);
int kobject_move(struct kobject *kobj, struct kobject *parent);
char *kobject_get_path(const struct kobject *kobj, gfp_t flags);
struct kset *kset_create_and_add(const char *name, const struct kset_uevent_ops *uevent_ops, struct kobject *parent);
void kset_init(struct kset *kset);
int kset_register(struct kset *kset);
void kset_unregister(struct kset *kset);
struct kobject *kset_find_obj(struct kset *kset, const char *name);
int kt_kobject_uevent(const struct kobject *kobj);
struct kobject *kobject_get_unless_zero(struct kobject *kobj);
void kobject_del(struct kobject *kobj);
struct kobject *kobject_get(struct kobject *kobj);
void kobject_put(struct kobject *kobj);
extern const struct sysfs_ops kobj_sysfs_ops;
KT_END

/* Folders of /sys. */
KT_BEGIN
extern struct kobject *kernel_kobj, *firmware_kobj, *power_kobj, *mm_kobj, *hypervisor_kobj;
KT_END

static inline const char *kobject_name(const struct kobject *kobj)
{
	return kobj->name;
}

static inline struct kset *to_kset(struct kobject *kobj)
{
	return kobj ? container_of(kobj, struct kset, kobj) : (struct kset *)0;
}

static inline struct kset *kset_get(struct kset *kset)
{
	return kset ? to_kset(kobject_get(&kset->kobj)) : (struct kset *)0;
}

static inline void kset_put(struct kset *kset)
{
	kobject_put(&kset->kobj);
}

/* Returns -ENOMEM and adds nothing if there is no room for the whole variable. */
static inline __printf(2, 3) int add_uevent_var(struct kobj_uevent_env *env, const char *fmt, ...)
{
	int room = (int)sizeof(env->buf) - env->buflen;
	va_list args;
	int length;

	if (env->envp_idx >= UEVENT_NUM_ENVP)
		return -ENOMEM;
	va_start(args, fmt);
	length = kt_vsnprintf(&env->buf[env->buflen], (size_t)room, fmt, args);
	va_end(args);
	if (length >= room)
		return -ENOMEM;
	env->envp[env->envp_idx++] = &env->buf[env->buflen];
	env->buflen += length + 1;
	return 0;
}

/* There are no listeners; but as in a kernel, it fails for an object outside of a set. */
static inline int kobject_uevent(struct kobject *kobj, enum kobject_action action)
{
	(void)action;
	return kt_kobject_uevent(kobj);
}

static inline int kobject_uevent_env(struct kobject *kobj, enum kobject_action action, char *environment[])
{
	(void)environment;
	return kobject_uevent(kobj, action);
}

static inline const struct kobj_type *get_ktype(const struct kobject *kobj)
{
	return kobj->ktype;
}

#endif
