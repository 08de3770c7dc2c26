// SPDX-License-Identifier: MIT OR Apache-2.0
/* A character device is there when the module goes.
 *
 * kind: left at unload
 * told: chrdev "zoo" is still registered
 */
#include <linux/fs.h>
#include <linux/module.h>

static const struct file_operations operations = { .owner = THIS_MODULE };
static int major;

static int __init zoo_init(void)
{
	major = register_chrdev(0, "zoo", &operations); /* TOLD */
	return major < 0 ? major : 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
