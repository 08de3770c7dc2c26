/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Character devices with major 10, one minor each. */
#ifndef KT_CORE_LINUX_MISCDEVICE_H
#define KT_CORE_LINUX_MISCDEVICE_H

#include <kt/core/linux/major.h>
#include <kt/core/linux/device.h>
#include <kt/core/linux/fs.h>
#include <kt/core/linux/list.h>
#include <kt/core/linux/major.h>
#include <kt/core/linux/types.h>

#define MISC_DYNAMIC_MINOR 255
#define WATCHDOG_MINOR 130
#define RTC_MINOR 135

struct miscdevice {
	int minor;
	const char *name;
	const struct file_operations *fops;
	struct list_head list;
	struct device *parent;
	struct device *this_device;
	const struct attribute_group **groups;
	const char *nodename;
	umode_t mode;
};

KT_BEGIN
int misc_register(struct miscdevice *misc);
void misc_deregister(struct miscdevice *misc);
KT_END

#define module_misc_device(device) \
	static int __init device##_init(void) \
	{ \
		return misc_register(&(device)); \
	} \
	module_init(device##_init) \
	static void __exit device##_exit(void) \
	{ \
		misc_deregister(&(device)); \
	} \
	module_exit(device##_exit)

#endif
