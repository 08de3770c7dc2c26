// SPDX-License-Identifier: MIT OR Apache-2.0
/* A count is at its maximum, and another reference is taken.
 *
 * kind: reference counts
 * told: refcount_t: saturated; leaking memory
 */
#include <linux/module.h>
#include <linux/refcount.h>

static refcount_t count = REFCOUNT_INIT(REFCOUNT_MAX);

static int __init zoo_init(void)
{
	refcount_inc(&count); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
