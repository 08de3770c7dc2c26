// SPDX-License-Identifier: MIT OR Apache-2.0
/* A file of sysfs in another's folder is there when the module goes.
 *
 * kind: left at unload
 * told: sysfs entry "/sys/kernel/count" is still registered
 */
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/sysfs.h>

static ssize_t count_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "0\n");
}

static struct kobj_attribute count_attribute = __ATTR_RO(count);

static int __init zoo_init(void)
{
	return sysfs_create_file(kernel_kobj, &count_attribute.attr); /* TOLD */
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
