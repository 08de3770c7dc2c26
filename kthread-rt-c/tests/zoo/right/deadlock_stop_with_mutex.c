// SPDX-License-Identifier: MIT OR Apache-2.0
/* A thread lets the mutex go before it stops the other.
 *
 * kind: deadlock
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
static DEFINE_MUTEX(lock);
static DECLARE_COMPLETION(go);
static DECLARE_COMPLETION(stopped);
static struct task_struct *worker;

/* Waits until it sleeps, in whatever it does next. */
static void asleep(struct task_struct *task)
{
	wait_task_inactive(task, 0);
}

static int worker_fn(void *data)
{
	wait_for_completion(&go);
	mutex_lock(&lock);
	mutex_unlock(&lock);
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (kthread_should_stop())
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

static int stopper_fn(void *data)
{
	mutex_lock(&lock);
	mutex_unlock(&lock);
	kthread_stop(worker);
	complete(&stopped);
	return 0;
}

static int __init zoo_init(void)
{
	worker = kthread_run(worker_fn, NULL, "worker");
	asleep(worker);
	asleep(kthread_run(stopper_fn, NULL, "stopper"));
	complete(&go);
	asleep(worker);
	return 0;
}

static void __exit zoo_exit(void)
{
	wait_for_completion(&stopped);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
