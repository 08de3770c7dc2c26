// SPDX-License-Identifier: MIT OR Apache-2.0
/* A work item is queued to a workqueue that was destroyed.
 *
 * kind: used after its end
 * told: destroyed
 */
#include <linux/module.h>
#include <linux/workqueue.h>

static void nothing(struct work_struct *work)
{
	(void)work;
}

static DECLARE_WORK(work, nothing);

static int __init zoo_init(void)
{
	struct workqueue_struct *wq = alloc_workqueue("ended", 0, 0);

	if (!wq)
		return -ENOMEM;
	destroy_workqueue(wq);
	queue_work(wq, &work); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
