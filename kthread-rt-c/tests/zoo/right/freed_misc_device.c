// SPDX-License-Identifier: MIT OR Apache-2.0
/* A block is freed when the misc device in it is removed.
 *
 * kind: freed while active
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>

struct device_data {
	int count;
	struct miscdevice misc;
};

static struct device_data *data;

static const struct file_operations operations = { .owner = THIS_MODULE };

static int __init zoo_init(void)
{
	data = kzalloc(sizeof(*data), GFP_KERNEL);
	data->misc.minor = MISC_DYNAMIC_MINOR;
	data->misc.name = "zoo";
	data->misc.fops = &operations;
	misc_register(&data->misc);
	misc_deregister(&data->misc);
	kfree(data);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
