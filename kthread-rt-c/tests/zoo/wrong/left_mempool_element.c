// SPDX-License-Identifier: MIT OR Apache-2.0
/* A mempool is destroyed, but one of its elements is never freed.
 *
 * kind: left at unload
 * told: memory not freed: 1 block, 64 bytes
 */
#include <linux/mempool.h>
#include <linux/module.h>

static mempool_t *pool;
static void *element;

static int __init zoo_init(void)
{
	pool = mempool_create_kmalloc_pool(2, 64);
	if (!pool)
		return -ENOMEM;
	element = mempool_alloc(pool, GFP_KERNEL); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
	mempool_destroy(pool);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
