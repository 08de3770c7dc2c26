// SPDX-License-Identifier: MIT OR Apache-2.0
/* An error path of an init frees the first of two blocks.
 *
 * kind: memory not freed
 * status: 3
 */
#include <linux/module.h>
#include <linux/slab.h>

static void *first, *second;

static void *fails(void)
{
	return NULL;
}

static int __init zoo_init(void)
{
	first = kzalloc(64, GFP_KERNEL);
	second = fails();
	if (!second) {
		kfree(first);
		return -ENOMEM;
	}
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
