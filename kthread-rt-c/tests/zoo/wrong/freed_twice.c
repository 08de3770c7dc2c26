// SPDX-License-Identifier: MIT OR Apache-2.0
/* A block is freed twice.
 *
 * kind: freed twice
 * told: was freed already, allocated at
 */
#include <linux/module.h>
#include <linux/slab.h>

static int __init zoo_init(void)
{
	void *block = kmalloc(16, GFP_KERNEL);

	kfree(block);
	kfree(block); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
