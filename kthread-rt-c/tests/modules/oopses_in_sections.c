// SPDX-License-Identifier: MIT OR Apache-2.0
/* Its init oopses with a spinlock held, softirqs off, and inside an RCU section. */
#include <linux/bottom_half.h>
#include <linux/bug.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);

static int __init oopses_init(void)
{
	rcu_read_lock();
	local_bh_disable();
	spin_lock(&lock);
	BUG();
	return 0;
}

static void __exit oopses_exit(void)
{
}

module_init(oopses_init);
module_exit(oopses_exit);
MODULE_LICENSE("Dual MIT/GPL");
