// SPDX-License-Identifier: MIT OR Apache-2.0
/* A kobject, with its file, is there when the module goes.
 *
 * kind: left at unload
 * told: kobject "/sys/kernel/zoo" is still registered
 */
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/sysfs.h>

static ssize_t count_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "0\n");
}

static struct kobj_attribute count_attribute = __ATTR_RO(count);

static struct kobject *zoo;

static int __init zoo_init(void)
{
	zoo = kobject_create_and_add("zoo", kernel_kobj); /* TOLD */
	if (!zoo)
		return -ENOMEM;
	return sysfs_create_file(zoo, &count_attribute.attr);
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
