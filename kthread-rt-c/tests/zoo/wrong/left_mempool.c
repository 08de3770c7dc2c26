// SPDX-License-Identifier: MIT OR Apache-2.0
/* A mempool still exists when the module is unloaded.
 *
 * kind: left at unload
 * told: memory not freed
 */
#include <linux/mempool.h>
#include <linux/module.h>

static mempool_t *pool;

static int __init zoo_init(void)
{
	pool = mempool_create_kmalloc_pool(2, 64); /* TOLD */
	return pool ? 0 : -ENOMEM;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
