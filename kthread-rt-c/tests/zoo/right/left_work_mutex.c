// SPDX-License-Identifier: MIT OR Apache-2.0
/* A work ends what it began.
 *
 * kind: lock left behind
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>

static DEFINE_MUTEX(lock);

static void function(struct work_struct *work)
{
	mutex_lock(&lock);
	mutex_unlock(&lock);
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
