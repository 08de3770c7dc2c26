// SPDX-License-Identifier: MIT OR Apache-2.0
/* The other parks before it takes the mutex.
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
static struct task_struct *worker;

/* Waits until it sleeps, in whatever it does next. */
static void asleep(struct task_struct *task)
{
	wait_task_inactive(task, 0);
}

static int worker_fn(void *data)
{
	wait_for_completion(&go);
	kthread_parkme();
	mutex_lock(&lock);
	mutex_unlock(&lock);
	return 0;
}

static int parker_fn(void *data)
{
	mutex_lock(&lock);
	kthread_park(worker);
	mutex_unlock(&lock);
	kthread_unpark(worker);
	return 0;
}

static int __init zoo_init(void)
{
	worker = kthread_run(worker_fn, NULL, "worker");
	asleep(worker);
	asleep(kthread_run(parker_fn, NULL, "parker"));
	complete(&go);
	asleep(worker);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
