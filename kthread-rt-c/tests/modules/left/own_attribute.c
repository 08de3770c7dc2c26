// SPDX-License-Identifier: MIT OR Apache-2.0
/* A file in the module's own folder of sysfs, which goes with the module. */
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/sysfs.h>

static ssize_t count_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "0\n");
}

static struct kobj_attribute count_attribute = __ATTR_RO(count);

static int __init own_init(void)
{
	return sysfs_create_file(&THIS_MODULE->mkobj.kobj, &count_attribute.attr);
}

static void __exit own_exit(void)
{
}

module_init(own_init);
module_exit(own_exit);
MODULE_LICENSE("Dual MIT/GPL");
