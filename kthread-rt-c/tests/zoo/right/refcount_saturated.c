// SPDX-License-Identifier: MIT OR Apache-2.0
/* A count reaches its maximum.
 *
 * kind: reference counts
 */
#include <linux/module.h>
#include <linux/refcount.h>

static refcount_t count = REFCOUNT_INIT(REFCOUNT_MAX);

static int __init zoo_init(void)
{
	WARN_ON(refcount_dec_and_test(&count));
	refcount_inc(&count);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
