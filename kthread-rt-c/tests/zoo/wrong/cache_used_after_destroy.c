// SPDX-License-Identifier: MIT OR Apache-2.0
/* An object is allocated from a cache that was destroyed.
 *
 * kind: used after its end
 * told: destroyed
 */
#include <linux/module.h>
#include <linux/slab.h>

static int __init zoo_init(void)
{
	struct kmem_cache *cache = kmem_cache_create("ended", 40, 0, 0, NULL);
	void *object;

	if (!cache)
		return -ENOMEM;
	kmem_cache_destroy(cache);
	object = kmem_cache_alloc(cache, GFP_KERNEL); /* TOLD */
	(void)object;
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
