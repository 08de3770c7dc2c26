// SPDX-License-Identifier: MIT OR Apache-2.0
/* The spinlock is for the pointer, and is open when the thread is stopped.
 *
 * kind: sleeping where it is wrong
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
	struct task_struct *mine;

	task = kthread_run(function, NULL, "zoo");
	spin_lock(&lock);
	mine = task;
	task = NULL;
	spin_unlock(&lock);
	kthread_stop(mine);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
