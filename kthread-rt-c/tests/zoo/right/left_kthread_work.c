// SPDX-License-Identifier: MIT OR Apache-2.0
/* A work on a kthread_worker is cancelled before the module goes.
 *
 * kind: left at unload
 */
#include <linux/kthread.h>
#include <linux/module.h>

static DEFINE_KTHREAD_WORKER(sender);

static void send_frame(struct kthread_work *work)
{
}

static DEFINE_KTHREAD_WORK(send_work, send_frame);

static int __init zoo_init(void)
{
	kthread_queue_work(&sender, &send_work);
	return 0;
}

static void __exit zoo_exit(void)
{
	kthread_cancel_work_sync(&send_work);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
