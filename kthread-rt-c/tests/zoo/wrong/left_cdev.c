// SPDX-License-Identifier: MIT OR Apache-2.0
/* A cdev is there, whose numbers are given back, when the module goes.
 *
 * kind: left at unload
 * told: cdev zoo_cdev is still registered
 */
#include <linux/cdev.h>
#include <linux/fs.h>
#include <linux/module.h>

static const struct file_operations operations = { .owner = THIS_MODULE };
static struct cdev zoo_cdev;
static dev_t number;

static int __init zoo_init(void)
{
	int error = alloc_chrdev_region(&number, 0, 1, "zoo");

	if (error)
		return error;
	cdev_init(&zoo_cdev, &operations);
	return cdev_add(&zoo_cdev, number, 1); /* TOLD */
}

static void __exit zoo_exit(void)
{
	unregister_chrdev_region(number, 1);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
