// SPDX-License-Identifier: MIT OR Apache-2.0
/* It sleeps when it reads no more.
 *
 * kind: sleeping where it is wrong
 */
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

static int __init zoo_init(void)
{
	rcu_read_lock();
	rcu_read_unlock();
	schedule_timeout_uninterruptible(1);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
