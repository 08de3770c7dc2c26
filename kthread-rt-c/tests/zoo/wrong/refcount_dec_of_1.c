// SPDX-License-Identifier: MIT OR Apache-2.0
/* A call that does not report the last reference puts it.
 *
 * kind: reference counts
 * told: refcount_t: decrement hit 0; leaking memory
 */
#include <linux/module.h>
#include <linux/refcount.h>

static refcount_t count = REFCOUNT_INIT(1);

static int __init zoo_init(void)
{
	refcount_dec(&count); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
