// SPDX-License-Identifier: MIT OR Apache-2.0
/* A thread waits for a work that waits for somebody.
 *
 * kind: hung task
 * told: blocked for more than 0.2 seconds.
 * run: --hung-task 200ms --for 1s
 */
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/workqueue.h>
static struct workqueue_struct *queue;
static DECLARE_COMPLETION(done);
static DECLARE_COMPLETION(begun);

static void work_fn(struct work_struct *work)
{
	complete(&begun);
	wait_for_completion_interruptible(&done);
}

static DECLARE_WORK(work, work_fn);

static int flusher_fn(void *data)
{
	flush_work(&work); /* TOLD */
	return 0;
}

static int __init zoo_init(void)
{
	queue = alloc_workqueue("queue", WQ_UNBOUND, 0);
	queue_work(queue, &work);
	wait_for_completion(&begun);
	return PTR_ERR_OR_ZERO(kthread_run(flusher_fn, NULL, "flusher"));
}

static void __exit zoo_exit(void)
{
	complete_all(&done);
	destroy_workqueue(queue);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
