// SPDX-License-Identifier: MIT OR Apache-2.0
/* Device numbers are given back before the module goes.
 *
 * kind: left at unload
 */
#include <linux/fs.h>
#include <linux/module.h>

static dev_t number;

static int __init zoo_init(void)
{
	return alloc_chrdev_region(&number, 0, 2, "zoo");
}

static void __exit zoo_exit(void)
{
	unregister_chrdev_region(number, 2);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
