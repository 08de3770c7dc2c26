// SPDX-License-Identifier: MIT OR Apache-2.0
/* A work of an ordered queue flushes one that is queued behind it.
 *
 * kind: deadlock
 * told: the task waits for what only it can do itself
 * run: --for 0s --exit-timeout 300ms
 * status: 6
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/workqueue.h>
static struct workqueue_struct *queue;
static DECLARE_COMPLETION(begun);
static struct task_struct *runner;

/* Waits until it sleeps, in whatever it does next. */
static void asleep(struct task_struct *task)
{
	wait_task_inactive(task, 0);
}

static void inner_fn(struct work_struct *work)
{
}

static DECLARE_WORK(inner, inner_fn);

static void outer_fn(struct work_struct *work)
{
	runner = current;
	complete(&begun);
	queue_work(queue, &inner);
	flush_work(&inner); /* TOLD */
}

static DECLARE_WORK(outer, outer_fn);

static int __init zoo_init(void)
{
	queue = alloc_ordered_workqueue("queue", 0);
	queue_work(queue, &outer);
	wait_for_completion(&begun);
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
