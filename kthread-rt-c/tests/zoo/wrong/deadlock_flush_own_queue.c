// SPDX-License-Identifier: MIT OR Apache-2.0
/* A work flushes its own queue.
 *
 * kind: deadlock
 * told: a work item can't wait for its own workqueue
 */
#include <linux/module.h>
#include <linux/workqueue.h>
static struct workqueue_struct *queue;

static void work_fn(struct work_struct *work)
{
	flush_workqueue(queue); /* TOLD */
}

static DECLARE_WORK(work, work_fn);

static int __init zoo_init(void)
{
	queue = alloc_workqueue("queue", WQ_UNBOUND, 0);
	queue_work(queue, &work);
	flush_workqueue(queue);
	return 0;
}

static void __exit zoo_exit(void)
{
	destroy_workqueue(queue);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
