/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Attributes: files of /sys, one value each. They can be read and written by name, see kt_dev.h. */
#ifndef KT_CORE_LINUX_SYSFS_H
#define KT_CORE_LINUX_SYSFS_H

#include <kt/core/linux/errno.h>
#include <kt/core/linux/kernel.h>
#include <kt/core/linux/stat.h>
#include <kt/core/linux/types.h>

struct kobject;
struct attribute_group;

struct attribute {
	const char *name;
	umode_t mode;
};

struct bin_attribute {
	struct attribute attr;
	size_t size;
	void *private_data; /* the kernel calls it `private` */
};

struct sysfs_ops {
	ssize_t (*show)(struct kobject *kobj, struct attribute *attr, char *buf);
	ssize_t (*store)(struct kobject *kobj, struct attribute *attr, const char *buf, size_t count);
};

struct attribute_group {
	const char *name;
	umode_t (*is_visible)(struct kobject *kobj, struct attribute *attr, int index);
	struct attribute **attrs;
	struct bin_attribute **bin_attrs;
};

KT_BEGIN
int sysfs_create_file(struct kobject *kobj, const struct attribute *attr);
void sysfs_remove_file(struct kobject *kobj, const struct attribute *attr);
bool sysfs_remove_file_self(struct kobject *kobj, const struct attribute *attr);
int sysfs_create_group(struct kobject *kobj, const struct attribute_group *group);
void sysfs_remove_group(struct kobject *kobj, const struct attribute_group *group);
int sysfs_create_groups(struct kobject *kobj, const struct attribute_group **groups);
void sysfs_remove_groups(struct kobject *kobj, const struct attribute_group **groups);
int sysfs_emit(char *buf, const char *fmt, ...) __printf(2, 3);
int sysfs_emit_at(char *buf, int at, const char *fmt, ...) __printf(3, 4);
KT_END

#define __ATTR(name_, mode_, show_, store_) { { #name_, (mode_) }, (show_), (store_) }
#define __ATTR_RO(name) __ATTR(name, 0444, name##_show, NULL)
#define __ATTR_RO_MODE(name, mode) __ATTR(name, mode, name##_show, NULL)
#define __ATTR_WO(name) __ATTR(name, 0200, NULL, name##_store)
#define __ATTR_RW(name) __ATTR(name, 0644, name##_show, name##_store)
#define __ATTR_RW_MODE(name, mode) __ATTR(name, mode, name##_show, name##_store)
#define __ATTR_NULL { { NULL, 0 }, NULL, NULL }

#define __ATTRIBUTE_GROUPS(name) \
	static const struct attribute_group *name##_groups[] = { &name##_group, NULL }
#define ATTRIBUTE_GROUPS(name) \
	static const struct attribute_group name##_group = { .attrs = name##_attrs }; \
	__ATTRIBUTE_GROUPS(name)

#define sysfs_attr_init(attr) do { } while (0)
static inline void sysfs_notify(struct kobject *kobj, const char *dir, const char *attr)
{
	(void)kobj, (void)dir, (void)attr;
}

#endif
