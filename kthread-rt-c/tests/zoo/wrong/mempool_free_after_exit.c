// SPDX-License-Identifier: MIT OR Apache-2.0
/* An element is freed to a mempool after mempool_exit().
 *
 * kind: used before its initialisation
 * told: mempool_exit() was called before
 */
#include <linux/mempool.h>
#include <linux/module.h>

static mempool_t pool;
static void *element;

static int __init zoo_init(void)
{
	if (mempool_init_kmalloc_pool(&pool, 2, 64))
		return -ENOMEM;
	element = mempool_alloc(&pool, GFP_KERNEL);
	return 0;
}

static void __exit zoo_exit(void)
{
	mempool_exit(&pool);
	mempool_free(element, &pool); /* TOLD */
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
