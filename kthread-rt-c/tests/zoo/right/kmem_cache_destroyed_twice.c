// SPDX-License-Identifier: MIT OR Apache-2.0
/* A cache is made and destroyed, two times: often at the same address.
 *
 * kind: freed twice
 */
#include <linux/slab.h>
#include <linux/module.h>

static int __init zoo_init(void)
{
	int round;

	for (round = 0; round < 2; round++) {
		struct kmem_cache *cache = kmem_cache_create("twice", 40, 0, 0, NULL);

		if (!cache)
			return -ENOMEM;
		kmem_cache_destroy(cache);
	}
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
