// SPDX-License-Identifier: MIT OR Apache-2.0
/* A thread lets the mutex go before it flushes the work.
 *
 * kind: deadlock
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/workqueue.h>
static struct workqueue_struct *queue;
static DECLARE_COMPLETION(go);
static DECLARE_COMPLETION(begun);
static struct task_struct *runner;
static DEFINE_MUTEX(lock);

/* Waits until it sleeps, in whatever it does next. */
static void asleep(struct task_struct *task)
{
	wait_task_inactive(task, 0);
}

static void work_fn(struct work_struct *work)
{
	runner = current;
	complete(&begun);
	wait_for_completion(&go);
	mutex_lock(&lock);
	mutex_unlock(&lock);
}

static DECLARE_WORK(work, work_fn);

static int flusher_fn(void *data)
{
	mutex_lock(&lock);
	mutex_unlock(&lock);
	flush_work(&work);
	return 0;
}

static int __init zoo_init(void)
{
	queue = alloc_workqueue("queue", WQ_UNBOUND, 0);
	queue_work(queue, &work);
	wait_for_completion(&begun);
	asleep(kthread_run(flusher_fn, NULL, "flusher"));
	complete(&go);
	asleep(runner);
	return 0;
}

static void __exit zoo_exit(void)
{
	destroy_workqueue(queue);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
