// SPDX-License-Identifier: MIT OR Apache-2.0
/* A misc device is made and deregistered, two times: often at the same address.
 *
 * kind: freed twice
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

static int __init zoo_init(void)
{
	static const struct file_operations fops = { .owner = THIS_MODULE };
	static struct miscdevice device = { .minor = MISC_DYNAMIC_MINOR, .name = "twice", .fops = &fops };
	int round;

	for (round = 0; round < 2; round++) {
		int err = misc_register(&device);

		if (err)
			return err;
		misc_deregister(&device);
	}
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
