// SPDX-License-Identifier: MIT OR Apache-2.0
/* A thread enables preemption before it ends.
 *
 * kind: lock left behind
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/preempt.h>

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
	preempt_disable();
	preempt_enable();
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
