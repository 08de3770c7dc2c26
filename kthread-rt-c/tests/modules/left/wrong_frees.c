// SPDX-License-Identifier: MIT OR Apache-2.0
/* Frees a block twice, and vmalloc's by kfree. */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

static int __init wrong_init(void)
{
	void *block = kmalloc(32, GFP_KERNEL);
	void *buffer = vmalloc(32);

	kfree(block);
	kfree(block);
	kfree(buffer);
	vfree(buffer);
	return 0;
}

module_init(wrong_init);
MODULE_LICENSE("Dual MIT/GPL");
