/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Classes of devices: folders of /sys/class. */
#ifndef KT_CORE_LINUX_DEVICE_CLASS_H
#define KT_CORE_LINUX_DEVICE_CLASS_H

#include <kt/core/linux/export.h>
#include <kt/core/linux/kobject.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

/* A word of C++'s. */
#ifdef __cplusplus
#define KT_CLASS class_
#else
#define KT_CLASS class
#endif

struct device;
struct lock_class_key;

/* Since 6.4 the callbacks take a const class. */
#if KT_SINCE(6, 4)
#define KT_CLASS_CONST const
#else
#define KT_CLASS_CONST
#endif

struct KT_CLASS {
	const char *name;
	struct module *owner;
	const struct attribute_group **class_groups;
	const struct attribute_group **dev_groups;
	struct kobject *dev_kobj;
#if KT_SINCE(6, 2)
	int (*dev_uevent)(const struct device *dev, struct kobj_uevent_env *env);
	char *(*devnode)(const struct device *dev, umode_t *mode);
#else
	int (*dev_uevent)(struct device *dev, struct kobj_uevent_env *env);
	char *(*devnode)(struct device *dev, umode_t *mode);
#endif
	void (*class_release)(KT_CLASS_CONST struct KT_CLASS *cls);
	void (*dev_release)(struct device *dev);
};

struct class_attribute {
	struct attribute attr;
	ssize_t (*show)(KT_CLASS_CONST struct KT_CLASS *cls, KT_CLASS_CONST struct class_attribute *attr, char *buf);
	ssize_t (*store)(KT_CLASS_CONST struct KT_CLASS *cls, KT_CLASS_CONST struct class_attribute *attr, const char *buf,
			 size_t count);
};

KT_BEGIN
struct KT_CLASS *kt_class_create(struct module *owner, const char *name);
void class_destroy(struct KT_CLASS *cls);
int class_register(struct KT_CLASS *cls);
void class_unregister(struct KT_CLASS *cls);
int class_create_file(struct KT_CLASS *cls, const struct class_attribute *attr);
void class_remove_file(struct KT_CLASS *cls, const struct class_attribute *attr);
KT_END

/* The first argument, the owner, was removed in 6.4. */
#if KT_SINCE(6, 4)
#define class_create(name) kt_class_create(THIS_MODULE, name)
#else
#define class_create(owner, name) kt_class_create(owner, name)
#endif

static inline struct KT_CLASS *__class_create(struct module *owner, const char *name, struct lock_class_key *key)
{
	(void)key;
	return kt_class_create(owner, name);
}

#define CLASS_ATTR_RO(name) struct class_attribute class_attr_##name = __ATTR_RO(name)
#define CLASS_ATTR_WO(name) struct class_attribute class_attr_##name = __ATTR_WO(name)
#define CLASS_ATTR_RW(name) struct class_attribute class_attr_##name = __ATTR_RW(name)

#endif
