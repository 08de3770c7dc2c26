// SPDX-License-Identifier: MIT OR Apache-2.0
/* All blocks are freed.
 *
 * kind: memory not freed
 */
#include <linux/module.h>
#include <linux/slab.h>

static void *blocks[3];

static int __init zoo_init(void)
{
	int i;

	for (i = 0; i < 3; i++)
		blocks[i] = kmalloc(32, GFP_KERNEL);
	return 0;
}

static void __exit zoo_exit(void)
{
	int i;

	for (i = 0; i < 3; i++)
		kfree(blocks[i]);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
