// SPDX-License-Identifier: MIT OR Apache-2.0
/* The completer completes before it wants the mutex.
 *
 * kind: deadlock
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
static DEFINE_MUTEX(lock);
static DECLARE_COMPLETION(done);
static DECLARE_COMPLETION(go);

/* Waits until it sleeps, in whatever it does next. */
static void asleep(struct task_struct *task)
{
	wait_task_inactive(task, 0);
}

static int completes_fn(void *data)
{
	wait_for_completion(&go);
	complete(&done);
	mutex_lock(&lock);
	mutex_unlock(&lock);
	return 0;
}

static int waits_fn(void *data)
{
	mutex_lock(&lock);
	wait_for_completion(&done);
	mutex_unlock(&lock);
	return 0;
}

static int __init zoo_init(void)
{
	struct task_struct *completes = kthread_run(completes_fn, NULL, "completes");

	kt_completion_due(&done, completes);
	asleep(kthread_run(waits_fn, NULL, "waits"));
	complete(&go);
	asleep(completes);
	kt_completion_not_due(&done);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
