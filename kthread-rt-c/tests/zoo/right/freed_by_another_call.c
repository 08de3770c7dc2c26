// SPDX-License-Identifier: MIT OR Apache-2.0
/* kvfree() frees a block of vmalloc().
 *
 * kind: freed by another call
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
	kvfree(block);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
