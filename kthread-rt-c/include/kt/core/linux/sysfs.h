/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Attributes: files of /sys, one value each. They can be read and written by name, see kt_dev.h. */
#ifndef KT_CORE_LINUX_SYSFS_H
#define KT_CORE_LINUX_SYSFS_H

#include <kt/core/linux/errno.h>
#include <kt/core/linux/kernel.h>
#include <kt/core/linux/stat.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

struct address_space;
struct attribute_group;
struct file;
struct kobject;
struct vm_area_struct;

struct attribute {
	const char *name;
	umode_t mode;
};

/* A file of this size; with size 0, its functions decide. */
struct bin_attribute {
	struct attribute attr;
	size_t size;
#ifdef __cplusplus
	void *private_;
#else
	void *private;
#endif
	struct address_space *(*f_mapping)(void);
	ssize_t (*read)(struct file *file, struct kobject *kobj, struct bin_attribute *attr, char *buf, loff_t at, size_t count);
	ssize_t (*write)(struct file *file, struct kobject *kobj, struct bin_attribute *attr, char *buf, loff_t at, size_t count);
	int (*mmap)(struct file *file, struct kobject *kobj, struct bin_attribute *attr, struct vm_area_struct *vma);
};

struct sysfs_ops {
	ssize_t (*show)(struct kobject *kobj, struct attribute *attr, char *buf);
	ssize_t (*store)(struct kobject *kobj, struct attribute *attr, const char *buf, size_t count);
};

struct attribute_group {
	const char *name;
	umode_t (*is_visible)(struct kobject *kobj, struct attribute *attr, int index);
	umode_t (*is_bin_visible)(struct kobject *kobj, struct bin_attribute *attr, int index);
	struct attribute **attrs;
	struct bin_attribute **bin_attrs;
};

KT_BEGIN
int sysfs_create_file(struct kobject *kobj, const struct attribute *attr);
void sysfs_remove_file(struct kobject *kobj, const struct attribute *attr);
bool sysfs_remove_file_self(struct kobject *kobj, const struct attribute *attr);
int sysfs_create_files(struct kobject *kobj, const struct attribute *const *attrs);
void sysfs_remove_files(struct kobject *kobj, const struct attribute *const *attrs);
int sysfs_create_bin_file(struct kobject *kobj, const struct bin_attribute *attr);
void sysfs_remove_bin_file(struct kobject *kobj, const struct bin_attribute *attr);
/* In the folder of `kobj`, or in /sys. */
int sysfs_create_link(struct kobject *kobj, struct kobject *target, const char *name);
/* Does not warn if the name exists; here, no call does. */
int sysfs_create_link_nowarn(struct kobject *kobj, struct kobject *target, const char *name) __asm__("sysfs_create_link");
int sysfs_chmod_file(struct kobject *kobj, const struct attribute *attr, umode_t mode);
int sysfs_rename_link_ns(struct kobject *kobj, struct kobject *target, const char *from, const char *to, const void *ns);
void sysfs_remove_link(struct kobject *kobj, const char *name);
int sysfs_update_group(struct kobject *kobj, const struct attribute_group *group);
int sysfs_create_group(struct kobject *kobj, const struct attribute_group *group);
void sysfs_remove_group(struct kobject *kobj, const struct attribute_group *group);
int sysfs_create_groups(struct kobject *kobj, const struct attribute_group **groups);
void sysfs_remove_groups(struct kobject *kobj, const struct attribute_group **groups);
#if KT_SINCE(5, 10)
int sysfs_emit(char *buf, const char *fmt, ...) __printf(2, 3);
#endif
int sysfs_emit_at(char *buf, int at, const char *fmt, ...) __printf(3, 4);
KT_END

#define __ATTR(name_, mode_, show_, store_) { { #name_, VERIFY_OCTAL_PERMISSIONS(mode_) }, (show_), (store_) }
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

#define __BIN_ATTR(name_, mode_, read_, write_, size_) \
	{ .attr = { .name = #name_, .mode = (mode_) }, .size = (size_), .read = (read_), .write = (write_) }
#define __BIN_ATTR_RO(name, size) __BIN_ATTR(name, 0444, name##_read, NULL, size)
#define __BIN_ATTR_WO(name, size) __BIN_ATTR(name, 0200, NULL, name##_write, size)
#define __BIN_ATTR_RW(name, size) __BIN_ATTR(name, 0644, name##_read, name##_write, size)
#define __BIN_ATTR_NULL __ATTR_NULL
#define BIN_ATTR(name, mode, read, write, size) \
	struct bin_attribute bin_attr_##name = __BIN_ATTR(name, mode, read, write, size)
#define BIN_ATTR_RO(name, size) struct bin_attribute bin_attr_##name = __BIN_ATTR_RO(name, size)
#define BIN_ATTR_WO(name, size) struct bin_attribute bin_attr_##name = __BIN_ATTR_WO(name, size)
#define BIN_ATTR_RW(name, size) struct bin_attribute bin_attr_##name = __BIN_ATTR_RW(name, size)

static inline int sysfs_rename_link(struct kobject *kobj, struct kobject *target, const char *from, const char *to)
{
	return sysfs_rename_link_ns(kobj, target, from, to, NULL);
}

#define sysfs_attr_init(attr) do { } while (0)
#define sysfs_bin_attr_init(attr) sysfs_attr_init(&(attr)->attr)
static inline void sysfs_notify(struct kobject *kobj, const char *dir, const char *attr)
{
	(void)kobj, (void)dir, (void)attr;
}

#endif
