// SPDX-License-Identifier: MIT OR Apache-2.0
/* mempool_alloc() with GFP_ATOMIC is called with a spinlock held.
 *
 * kind: sleeping where it is wrong
 */
#include <linux/mempool.h>
#include <linux/module.h>
#include <linux/spinlock.h>

static mempool_t *pool;
static void *element;
static DEFINE_SPINLOCK(lock);

static int __init zoo_init(void)
{
	pool = mempool_create_kmalloc_pool(2, 64);
	if (!pool)
		return -ENOMEM;
	spin_lock(&lock);
	element = mempool_alloc(pool, GFP_ATOMIC);
	spin_unlock(&lock);
	return 0;
}

static void __exit zoo_exit(void)
{
	mempool_free(element, pool);
	mempool_destroy(pool);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
