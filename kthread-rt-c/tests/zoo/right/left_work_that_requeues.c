// SPDX-License-Identifier: MIT OR Apache-2.0
/* A work that queues itself is cancelled before the module goes.
 *
 * kind: left at unload
 */
#include <linux/completion.h>
#include <linux/module.h>
#include <linux/workqueue.h>

static DECLARE_COMPLETION(queued_itself);
static int runs;

static void poll_device(struct work_struct *work)
{
	schedule_work(work);
	if (++runs == 2)
		complete(&queued_itself);
}

static DECLARE_WORK(poll_work, poll_device);

static int __init zoo_init(void)
{
	schedule_work(&poll_work);
	wait_for_completion(&queued_itself);
	return 0;
}

static void __exit zoo_exit(void)
{
	cancel_work_sync(&poll_work);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
