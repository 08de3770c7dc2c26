// SPDX-License-Identifier: MIT OR Apache-2.0
/* The thread is created before.
 *
 * kind: sleeping where it is wrong
 */
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/rcupdate.h>

static int function(void *data)
{
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return 0;
}

static int __init zoo_init(void)
{
	struct task_struct *task = kthread_create(function, NULL, "zoo");

	rcu_read_lock();
	rcu_read_unlock();
	kthread_stop(task);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
