// SPDX-License-Identifier: MIT OR Apache-2.0
/* A cdev is made and deleted, two times: often at the same address.
 *
 * kind: freed twice
 */
#include <linux/cdev.h>
#include <linux/fs.h>
#include <linux/module.h>

static int __init zoo_init(void)
{
	static const struct file_operations fops = { .owner = THIS_MODULE };
	static struct cdev cdev;
	int round;

	for (round = 0; round < 2; round++) {
		dev_t dev;
		int err = alloc_chrdev_region(&dev, 0, 1, "twice");

		if (err)
			return err;
		cdev_init(&cdev, &fops);
		err = cdev_add(&cdev, dev, 1);
		if (!err) {
			cdev_del(&cdev);
		}
		unregister_chrdev_region(dev, 1);
		if (err)
			return err;
	}
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
