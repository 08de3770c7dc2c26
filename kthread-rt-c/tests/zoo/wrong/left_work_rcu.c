// SPDX-License-Identifier: MIT OR Apache-2.0
/* A work returns inside of a section of RCU.
 *
 * kind: lock left behind
 * told: it returned inside the RCU section that began here
 */
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/workqueue.h>

static void function(struct work_struct *work)
{
	rcu_read_lock(); /* TOLD */
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
