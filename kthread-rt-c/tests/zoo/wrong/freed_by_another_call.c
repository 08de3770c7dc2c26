// SPDX-License-Identifier: MIT OR Apache-2.0
/* kfree() frees a block of vmalloc().
 *
 * kind: freed by another call
 * told: is vmalloc's, allocated at
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

static void *block;

static int __init zoo_init(void)
{
	block = vmalloc(16);
	return 0;
}

static void __exit zoo_exit(void)
{
	kfree(block); /* TOLD */
	vfree(block);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
