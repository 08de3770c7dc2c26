// SPDX-License-Identifier: MIT OR Apache-2.0
/* kthread_init_worker() comes first.
 *
 * kind: used before its initialisation
 */
#include <linux/kthread.h>
#include <linux/module.h>

static struct kthread_worker worker;

static void function(struct kthread_work *work)
{
}

static DEFINE_KTHREAD_WORK(work, function);

static int __init zoo_init(void)
{
	kthread_init_worker(&worker);
	kthread_queue_work(&worker, &work);
	kthread_cancel_work_sync(&work);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
