// SPDX-License-Identifier: MIT OR Apache-2.0
/* A reference to an object is taken after the last one was put.
 *
 * kind: reference counts
 * told: refcount_t: addition on 0; use-after-free
 */
#include <linux/module.h>
#include <linux/refcount.h>

static refcount_t count = REFCOUNT_INIT(1);

static int __init zoo_init(void)
{
	if (refcount_dec_and_test(&count))
		pr_info("the last reference is gone\n");
	refcount_inc(&count); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
