// SPDX-License-Identifier: MIT OR Apache-2.0
/* A thread is stopped with a spinlock held.
 *
 * kind: sleeping where it is wrong
 * told: sleeping function called from invalid context
 */
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);
static struct task_struct *task;

static int function(void *data)
{
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return 0;
}

static int __init zoo_init(void)
{
	task = kthread_run(function, NULL, "zoo");
	spin_lock(&lock);
	kthread_stop(task); /* TOLD */
	spin_unlock(&lock);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
