// SPDX-License-Identifier: MIT OR Apache-2.0
/* A grace period is waited for with a spinlock held.
 *
 * kind: sleeping where it is wrong
 * told: sleeping function called from invalid context
 */
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);

static int __init zoo_init(void)
{
	spin_lock(&lock);
	synchronize_rcu(); /* TOLD */
	spin_unlock(&lock);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
