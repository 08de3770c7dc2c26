// SPDX-License-Identifier: MIT OR Apache-2.0
/* Writes behind the end of a block. */
#include <linux/module.h>
#include <linux/slab.h>

static int length = 24;
module_param(length, int, 0);

static noinline void fill(volatile char *block)
{
	int i;

	for (i = 0; i <= length; i++)
		block[i] = 'x';
}

static int __init overruns_init(void)
{
	char *block = kmalloc(length, GFP_KERNEL);

	if (!block)
		return -ENOMEM;
	fill(block);
	kfree(block);
	return 0;
}

module_init(overruns_init);
MODULE_LICENSE("Dual MIT/GPL");
