// SPDX-License-Identifier: MIT OR Apache-2.0
/* A work is waited for with a spinlock held.
 *
 * kind: sleeping where it is wrong
 * told: sleeping function called from invalid context
 */
#include <linux/module.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

static DEFINE_SPINLOCK(lock);

static void function(struct work_struct *work)
{
}

static DECLARE_WORK(work, function);

static int __init zoo_init(void)
{
	schedule_work(&work);
	spin_lock(&lock);
	flush_work(&work); /* TOLD */
	spin_unlock(&lock);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
