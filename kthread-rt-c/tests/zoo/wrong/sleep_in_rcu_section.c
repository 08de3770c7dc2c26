// SPDX-License-Identifier: MIT OR Apache-2.0
/* A reader of RCU sleeps.
 *
 * kind: sleeping where it is wrong
 * told: voluntary context switch within RCU read-side critical section
 */
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

static int __init zoo_init(void)
{
	rcu_read_lock();
	schedule_timeout_uninterruptible(1); /* TOLD */
	rcu_read_unlock();
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
