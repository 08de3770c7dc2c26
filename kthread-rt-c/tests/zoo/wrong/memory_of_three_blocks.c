// SPDX-License-Identifier: MIT OR Apache-2.0
/* Three blocks are not freed.
 *
 * kind: memory not freed
 * told: 3 blocks, 96 bytes, allocated by kmalloc()
 */
#include <linux/module.h>
#include <linux/slab.h>

static void *blocks[3];

static int __init zoo_init(void)
{
	int i;

	for (i = 0; i < 3; i++)
		blocks[i] = kmalloc(32, GFP_KERNEL); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
