// SPDX-License-Identifier: MIT OR Apache-2.0
/* A thread is woken, and sleeps interruptibly.
 *
 * kind: hung task
 * run: --hung-task 200ms --for 1s
 */
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>
static struct task_struct *thread;

static int thread_fn(void *data)
{
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (kthread_should_stop())
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

static int __init zoo_init(void)
{
	thread = kthread_run(thread_fn, NULL, "created");
	return PTR_ERR_OR_ZERO(thread);
}

static void __exit zoo_exit(void)
{
	kthread_stop(thread);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
