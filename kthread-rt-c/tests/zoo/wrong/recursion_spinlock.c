// SPDX-License-Identifier: MIT OR Apache-2.0
/* A thread takes a spinlock again that it holds.
 *
 * kind: recursion
 * told: the task holds this spinlock already
 * status: 5
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);
static DECLARE_COMPLETION(begun);
static struct task_struct *task;

static int run(void *data)
{
	complete(&begun);
	set_current_state(TASK_INTERRUPTIBLE);
	while (!kthread_should_stop()) {
		schedule();
		set_current_state(TASK_INTERRUPTIBLE);
	}
	__set_current_state(TASK_RUNNING);
	spin_lock(&lock);
	spin_lock(&lock); /* TOLD */
	spin_unlock(&lock);
	spin_unlock(&lock);
	return 0;
}

static int __init zoo_init(void)
{
	task = kthread_run(run, NULL, "worker");
	if (IS_ERR(task))
		return PTR_ERR(task);
	wait_for_completion(&begun);
	return 0;
}

static void __exit zoo_exit(void)
{
	kthread_stop(task);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
