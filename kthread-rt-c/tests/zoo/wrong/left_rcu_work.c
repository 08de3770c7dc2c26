// SPDX-License-Identifier: MIT OR Apache-2.0
/* A work that queues itself for after a grace period waits, or runs, when the module goes.
 *
 * kind: left at unload
 * told: work poll_work, function poll_device(), is still queued
 */
#include <linux/completion.h>
#include <linux/module.h>
#include <linux/workqueue.h>

static DECLARE_COMPLETION(queued_itself);
static struct rcu_work poll_work;
static int runs;

static void poll_device(struct work_struct *work)
{
	queue_rcu_work(system_wq, to_rcu_work(work)); /* TOLD */
	if (++runs == 2)
		complete(&queued_itself);
}

static int __init zoo_init(void)
{
	INIT_RCU_WORK(&poll_work, poll_device);
	queue_rcu_work(system_wq, &poll_work);
	wait_for_completion(&queued_itself);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
