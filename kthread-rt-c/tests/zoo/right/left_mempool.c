// SPDX-License-Identifier: MIT OR Apache-2.0
/* A mempool is destroyed before the module is unloaded.
 *
 * kind: left at unload
 */
#include <linux/mempool.h>
#include <linux/module.h>

static mempool_t *pool;

static int __init zoo_init(void)
{
	pool = mempool_create_kmalloc_pool(2, 64);
	return pool ? 0 : -ENOMEM;
}

static void __exit zoo_exit(void)
{
	mempool_destroy(pool);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
