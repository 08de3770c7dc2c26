// SPDX-License-Identifier: MIT OR Apache-2.0
/* A work returns with a spinlock.
 *
 * kind: lock left behind
 * told: left preempt_count 0x1 and 1 lock(s) held; last function: function
 */
#include <linux/module.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

static DEFINE_SPINLOCK(lock);

static void function(struct work_struct *work)
{
	spin_lock(&lock); /* TOLD */
}

static DECLARE_WORK(work, function);

static int __init zoo_init(void)
{
	schedule_work(&work);
	flush_work(&work);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
