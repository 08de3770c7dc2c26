// SPDX-License-Identifier: MIT OR Apache-2.0
/* A thread that is stopped looks at it.
 *
 * kind: hung task
 * run: --hung-task 200ms --for 1s
 */
#include <linux/err.h>
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/wait.h>
static DECLARE_WAIT_QUEUE_HEAD(wait);
static DECLARE_COMPLETION(stopped);
static struct task_struct *thread;

static int thread_fn(void *data)
{
	wait_event_idle(wait, kthread_should_stop());
	return 0;
}

static int stopper_fn(void *data)
{
	int result = kthread_stop(thread);

	complete(&stopped);
	return result;
}

static struct task_struct *stopper;

static int __init zoo_init(void)
{
	thread = kthread_run(thread_fn, NULL, "thread");
	wait_task_inactive(thread, 0);
	stopper = kthread_run(stopper_fn, NULL, "stopper");
	return PTR_ERR_OR_ZERO(stopper);
}

static void __exit zoo_exit(void)
{
	wait_for_completion(&stopped);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
