// SPDX-License-Identifier: MIT OR Apache-2.0
/* mempool_exit() is called twice for a mempool in static memory, which is allowed.
 *
 * kind: freed twice
 */
#include <linux/mempool.h>
#include <linux/module.h>

static int __init zoo_init(void)
{
	static mempool_t pool;

	if (mempool_init_kmalloc_pool(&pool, 2, 64))
		return -ENOMEM;
	mempool_exit(&pool);
	mempool_exit(&pool);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
