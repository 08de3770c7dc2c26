// SPDX-License-Identifier: MIT OR Apache-2.0
/* Each reference is put once.
 *
 * kind: reference counts
 */
#include <linux/module.h>
#include <linux/refcount.h>

static refcount_t count = REFCOUNT_INIT(1);

static void put(void)
{
	if (refcount_dec_and_test(&count))
		pr_info("the last reference is gone\n");
}

static int __init zoo_init(void)
{
	refcount_inc(&count);
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
