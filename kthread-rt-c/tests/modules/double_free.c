// SPDX-License-Identifier: MIT OR Apache-2.0
/* Frees a block twice, and another never. */
#include <linux/module.h>
#include <linux/slab.h>

static int __init double_free_init(void)
{
	void *twice = kmalloc(100, GFP_KERNEL);
	void *never = kmalloc(24, GFP_KERNEL);

	if (!twice || !never)
		return -ENOMEM;
	kfree(twice);
	kfree(twice);
	return 0;
}

module_init(double_free_init);
MODULE_LICENSE("Dual MIT/GPL");
