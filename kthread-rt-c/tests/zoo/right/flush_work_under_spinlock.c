// SPDX-License-Identifier: MIT OR Apache-2.0
/* It is queued with the spinlock held, and waited for without.
 *
 * kind: sleeping where it is wrong
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
	spin_lock(&lock);
	schedule_work(&work);
	spin_unlock(&lock);
	flush_work(&work);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
