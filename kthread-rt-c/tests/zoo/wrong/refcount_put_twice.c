// SPDX-License-Identifier: MIT OR Apache-2.0
/* A reference is put twice.
 *
 * kind: reference counts
 * told: refcount_t: underflow; use-after-free
 */
#include <linux/module.h>
#include <linux/refcount.h>

static refcount_t count = REFCOUNT_INIT(1);

static void put(void)
{
	if (refcount_dec_and_test(&count)) /* TOLD */
		pr_info("the last reference is gone\n");
}

static int __init zoo_init(void)
{
	put();
	put();
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
