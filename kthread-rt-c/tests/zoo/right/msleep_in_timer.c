// SPDX-License-Identifier: MIT OR Apache-2.0
/* A timer's callback delays.
 *
 * kind: sleeping where it is wrong
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/timer.h>

static DECLARE_COMPLETION(called);

static void function(struct timer_list *timer)
{
	mdelay(1);
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
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
