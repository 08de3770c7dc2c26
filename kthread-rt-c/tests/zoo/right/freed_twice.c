// SPDX-License-Identifier: MIT OR Apache-2.0
/* A pointer is set to NULL when its block is freed.
 *
 * kind: freed twice
 */
#include <linux/module.h>
#include <linux/slab.h>

static int __init zoo_init(void)
{
	void *block = kmalloc(16, GFP_KERNEL);

	kfree(block);
	block = NULL;
	kfree(block);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
