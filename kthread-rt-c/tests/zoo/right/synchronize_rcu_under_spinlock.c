// SPDX-License-Identifier: MIT OR Apache-2.0
/* kfree_rcu() does not wait.
 *
 * kind: sleeping where it is wrong
 */
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);

static int __init zoo_init(void)
{
	struct { struct rcu_head head; } *old = kzalloc(sizeof(*old), GFP_KERNEL);

	spin_lock(&lock);
	kfree_rcu(old, head);
	spin_unlock(&lock);
	rcu_barrier();
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
