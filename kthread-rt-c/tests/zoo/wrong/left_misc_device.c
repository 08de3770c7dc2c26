// SPDX-License-Identifier: MIT OR Apache-2.0
/* A misc device is there when the module goes.
 *
 * kind: left at unload
 * told: misc device "zoo" is still registered
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

static const struct file_operations operations = { .owner = THIS_MODULE };

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "zoo",
	.fops = &operations,
};

static int __init zoo_init(void)
{
	return misc_register(&device); /* TOLD */
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
