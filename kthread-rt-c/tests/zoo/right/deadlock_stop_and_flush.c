// SPDX-License-Identifier: MIT OR Apache-2.0
/* A thread ends, and leaves the flush to others.
 *
 * kind: deadlock
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/workqueue.h>
static struct workqueue_struct *queue;
static DECLARE_COMPLETION(go);
static DECLARE_COMPLETION(begun);
static struct task_struct *runner;

/* Waits until it sleeps, in whatever it does next. */
static void asleep(struct task_struct *task)
{
	wait_task_inactive(task, 0);
}

static struct task_struct *thread;

static void work_fn(struct work_struct *work)
{
	runner = current;
	complete(&begun);
	kthread_stop(thread);
}

static DECLARE_WORK(work, work_fn);

static int thread_fn(void *data)
{
	wait_for_completion(&go);
	/* Who stops it flushes the work. */
	return 0;
}

static int __init zoo_init(void)
{
	queue = alloc_workqueue("queue", WQ_UNBOUND, 0);
	thread = kthread_run(thread_fn, NULL, "thread");
	asleep(thread);
	queue_work(queue, &work);
	wait_for_completion(&begun);
	asleep(runner);
	complete(&go);
	asleep(thread);
	flush_work(&work);
	return 0;
}

static void __exit zoo_exit(void)
{
	destroy_workqueue(queue);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
