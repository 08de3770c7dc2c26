// SPDX-License-Identifier: MIT OR Apache-2.0
/* A timer cancels a work, and does not wait.
 *
 * kind: sleeping where it is wrong
 */
#include <linux/completion.h>
#include <linux/module.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

static DECLARE_COMPLETION(called);

static void work_function(struct work_struct *work)
{
}

static DECLARE_WORK(work, work_function);

static void function(struct timer_list *timer)
{
	cancel_work(&work);
	complete(&called);
}

static DEFINE_TIMER(timer, function);

static int __init zoo_init(void)
{
	mod_timer(&timer, jiffies);
	wait_for_completion(&called);
	return 0;
}

static void __exit zoo_exit(void)
{
	del_timer_sync(&timer);
	cancel_work_sync(&work);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
