// SPDX-License-Identifier: MIT OR Apache-2.0
/* A file of sysfs in another's folder is removed before the module goes.
 *
 * kind: left at unload
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
	return sysfs_create_file(kernel_kobj, &count_attribute.attr);
}

static void __exit zoo_exit(void)
{
	sysfs_remove_file(kernel_kobj, &count_attribute.attr);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
