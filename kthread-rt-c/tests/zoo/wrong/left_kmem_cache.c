// SPDX-License-Identifier: MIT OR Apache-2.0
/* A cache is there when the module goes.
 *
 * kind: left at unload
 * told: kmem_cache "zoo" is still there
 */
#include <linux/module.h>
#include <linux/slab.h>

static struct kmem_cache *cache;

static int __init zoo_init(void)
{
	cache = kmem_cache_create("zoo", 64, 0, 0, NULL); /* TOLD */
	return cache ? 0 : -ENOMEM;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
