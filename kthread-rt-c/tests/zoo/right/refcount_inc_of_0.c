// SPDX-License-Identifier: MIT OR Apache-2.0
/* A reference is taken only if the count is not 0.
 *
 * kind: reference counts
 */
#include <linux/module.h>
#include <linux/refcount.h>

static refcount_t count = REFCOUNT_INIT(1);

static int __init zoo_init(void)
{
	if (refcount_dec_and_test(&count))
		pr_info("the last reference is gone\n");
	if (!refcount_inc_not_zero(&count))
		pr_info("there is none any more\n");
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
