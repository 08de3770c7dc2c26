// SPDX-License-Identifier: MIT OR Apache-2.0
/* A work flushes another, which cancels the first without waiting.
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

static struct task_struct *first_runner;
static struct work_struct first;

static void second_fn(struct work_struct *work)
{
	runner = current;
	complete(&begun);
	wait_for_completion(&go);
	cancel_work(&first);
}

static DECLARE_WORK(second, second_fn);

static void first_fn(struct work_struct *work)
{
	first_runner = current;
	complete(&begun);
	flush_work(&second);
}

static int __init zoo_init(void)
{
	queue = alloc_workqueue("queue", WQ_UNBOUND, 0);
	INIT_WORK(&first, first_fn);
	queue_work(queue, &second);
	wait_for_completion(&begun);
	queue_work(queue, &first);
	wait_for_completion(&begun);
	asleep(first_runner);
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
