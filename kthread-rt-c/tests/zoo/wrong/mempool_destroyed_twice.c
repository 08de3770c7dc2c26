// SPDX-License-Identifier: MIT OR Apache-2.0
/* A mempool is destroyed twice.
 *
 * kind: freed twice
 * told: was freed already
 */
#include <linux/mempool.h>
#include <linux/module.h>

static int __init zoo_init(void)
{
	mempool_t *pool = mempool_create_kmalloc_pool(2, 64);

	if (!pool)
		return -ENOMEM;
	mempool_destroy(pool);
	mempool_destroy(pool); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
