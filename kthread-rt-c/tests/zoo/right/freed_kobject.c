// SPDX-License-Identifier: MIT OR Apache-2.0
/* A block is freed when the kobject in it is put.
 *
 * kind: freed while active
 */
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/slab.h>

struct device_data {
	int count;
	struct kobject kobj;
};

static struct device_data *data;

static void release(struct kobject *kobj)
{
}

static struct kobj_type type = { .release = release };

static int __init zoo_init(void)
{
	data = kzalloc(sizeof(*data), GFP_KERNEL);
	kobject_init_and_add(&data->kobj, &type, kernel_kobj, "zoo");
	kobject_put(&data->kobj);
	kfree(data);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
