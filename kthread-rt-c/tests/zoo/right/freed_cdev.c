// SPDX-License-Identifier: MIT OR Apache-2.0
/* A block is freed when the cdev in it is deleted.
 *
 * kind: freed while active
 */
#include <linux/cdev.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/slab.h>

struct device_data {
	int count;
	struct cdev cdev;
};

static struct device_data *data;

static const struct file_operations operations = { .owner = THIS_MODULE };
static dev_t number;

static int __init zoo_init(void)
{
	data = kzalloc(sizeof(*data), GFP_KERNEL);
	alloc_chrdev_region(&number, 0, 1, "zoo");
	cdev_init(&data->cdev, &operations);
	cdev_add(&data->cdev, number, 1);
	cdev_del(&data->cdev);
	kfree(data);
	unregister_chrdev_region(number, 1);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
