// SPDX-License-Identifier: MIT OR Apache-2.0
/* A cache is destroyed twice.
 *
 * kind: freed twice
 * told: was destroyed already
 */
#include <linux/slab.h>
#include <linux/module.h>

static int __init zoo_init(void)
{
	struct kmem_cache *cache = kmem_cache_create("twice", 40, 0, 0, NULL);

	if (!cache)
		return -ENOMEM;
	kmem_cache_destroy(cache);
	kmem_cache_destroy(cache); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
