/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Functions that take a format for a name or a text: they format it here and call the Rust function
 * (src/abi).
 */
#include "format.h"

#include <stdbool.h>
#include <stdint.h>

struct attribute_group;
struct class;
struct device;
struct kobj_type;
struct kobject;
struct seq_file;

extern void *__kmalloc(size_t size, unsigned int flags);
extern struct device *kt_device_create(struct class *cls, struct device *parent, unsigned long devt, void *data,
				       const struct attribute_group **groups, const char *name);
extern void kt_dev_set_name(struct device *dev, const char *name);
extern void kobject_init(struct kobject *kobj, const struct kobj_type *ktype);
extern int kt_kobject_add(struct kobject *kobj, struct kobject *parent, const char *name);
extern void kt_kobject_set_name(struct kobject *kobj, const char *name);
extern char *kt_seq_room(struct seq_file *m, size_t *room);
extern void kt_seq_formatted(struct seq_file *m, unsigned int length);
extern int kt_shim_snprintf(char *buf, size_t size, const char *format, ...);

/* Names are truncated as in a kernel; sysfs shows at most a page. */
enum { NAME = 256, PAGE = 4096 };

#define FORMAT(buf, format) \
	do { \
		va_list args; \
		va_start(args, format); \
		kt_format(buf, sizeof(buf), format, args); \
		va_end(args); \
	} while (0)

char *kt_shim_kvasprintf(unsigned int flags, const char *format, va_list args)
{
	va_list again;
	int length;
	char *text;

	va_copy(again, args);
	length = kt_format(NULL, 0, format, again);
	va_end(again);
	text = __kmalloc((size_t)length + 1, flags);
	if (text)
		kt_format(text, (size_t)length + 1, format, args);
	return text;
}

char *kt_shim_kasprintf(unsigned int flags, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = kt_shim_kvasprintf(flags, format, args);
	va_end(args);
	return text;
}

/* The length of the stored text, not of the untruncated one. */
int kt_shim_vscnprintf(char *buf, size_t size, const char *format, va_list args)
{
	int length = kt_format(buf, size, format, args);

	if (!size)
		return 0;
	return (size_t)length < size ? length : (int)size - 1;
}

int kt_shim_scnprintf(char *buf, size_t size, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = kt_shim_vscnprintf(buf, size, format, args);
	va_end(args);
	return length;
}

/* For formats of modules, in simple_attr_read(). */
int kt_shim_format_u64(char *buf, size_t size, const char *format, uint64_t value)
{
	return kt_shim_snprintf(buf, size, format, (unsigned long long)value);
}

int kt_shim_sysfs_emit(char *buf, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = kt_shim_vscnprintf(buf, PAGE, format, args);
	va_end(args);
	return length;
}

int kt_shim_sysfs_emit_at(char *buf, int at, const char *format, ...)
{
	va_list args;
	int length;

	if (at < 0 || at >= PAGE)
		return 0;
	va_start(args, format);
	length = kt_shim_vscnprintf(buf + at, (size_t)(PAGE - at), format, args);
	va_end(args);
	return length;
}

void kt_shim_seq_vprintf(struct seq_file *m, const char *format, va_list args)
{
	size_t room;
	char *to = kt_seq_room(m, &room);

	if (room)
		kt_seq_formatted(m, (unsigned int)kt_format(to, room, format, args));
}

void kt_shim_seq_printf(struct seq_file *m, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	kt_shim_seq_vprintf(m, format, args);
	va_end(args);
}

struct device *kt_shim_device_create(struct class *cls, struct device *parent, unsigned long devt, void *data,
				     const char *format, ...)
{
	char name[NAME];

	FORMAT(name, format);
	return kt_device_create(cls, parent, devt, data, NULL, name);
}

struct device *kt_shim_device_create_with_groups(struct class *cls, struct device *parent, unsigned long devt,
						 void *data, const struct attribute_group **groups,
						 const char *format, ...)
{
	char name[NAME];

	FORMAT(name, format);
	return kt_device_create(cls, parent, devt, data, groups, name);
}

int kt_shim_dev_set_name(struct device *dev, const char *format, ...)
{
	char name[NAME];

	FORMAT(name, format);
	kt_dev_set_name(dev, name);
	return 0;
}

int kt_shim_kobject_set_name(struct kobject *kobj, const char *format, ...)
{
	char name[NAME];

	FORMAT(name, format);
	kt_kobject_set_name(kobj, name);
	return 0;
}

int kt_shim_kobject_add(struct kobject *kobj, struct kobject *parent, const char *format, ...)
{
	char name[NAME];

	FORMAT(name, format);
	return kt_kobject_add(kobj, parent, name);
}

int kt_shim_kobject_init_and_add(struct kobject *kobj, const struct kobj_type *ktype, struct kobject *parent,
				 const char *format, ...)
{
	char name[NAME];

	FORMAT(name, format);
	kobject_init(kobj, ktype);
	return kt_kobject_add(kobj, parent, name);
}
