// SPDX-License-Identifier: MIT OR Apache-2.0
/* A work item is queued, and its kthread_worker is destroyed then.
 *
 * kind: used after its end
 */
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>

static void nothing(struct kthread_work *work)
{
	(void)work;
}

static DEFINE_KTHREAD_WORK(work, nothing);

static int __init zoo_init(void)
{
	struct kthread_worker *worker = kthread_create_worker(0, "ended");

	if (IS_ERR(worker))
		return PTR_ERR(worker);
	kthread_queue_work(worker, &work);
	kthread_destroy_worker(worker);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
