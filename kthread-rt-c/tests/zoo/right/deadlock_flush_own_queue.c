// SPDX-License-Identifier: MIT OR Apache-2.0
/* A queue is flushed from outside of its works.
 *
 * kind: deadlock
 */
#include <linux/module.h>
#include <linux/workqueue.h>
static struct workqueue_struct *queue;

static void work_fn(struct work_struct *work)
{
	/* Who wants it flushed does that from outside. */
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
