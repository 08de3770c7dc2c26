// SPDX-License-Identifier: MIT OR Apache-2.0
/* A cache is destroyed before the module goes.
 *
 * kind: left at unload
 */
#include <linux/module.h>
#include <linux/slab.h>

static struct kmem_cache *cache;

static int __init zoo_init(void)
{
	cache = kmem_cache_create("zoo", 64, 0, 0, NULL);
	return cache ? 0 : -ENOMEM;
}

static void __exit zoo_exit(void)
{
	kmem_cache_destroy(cache);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
