// SPDX-License-Identifier: MIT OR Apache-2.0
/* It deletes the timer, and does not wait.
 *
 * kind: sleeping where it is wrong
 */
#include <linux/completion.h>
#include <linux/hrtimer.h>
#include <linux/module.h>
#include <linux/timer.h>

static DECLARE_COMPLETION(called);
static struct hrtimer hrtimer;

static void timer_function(struct timer_list *timer)
{
}

static DEFINE_TIMER(timer, timer_function);

static enum hrtimer_restart function(struct hrtimer *hrtimer)
{
	del_timer(&timer);
	complete(&called);
	return HRTIMER_NORESTART;
}

static int __init zoo_init(void)
{
	hrtimer_init(&hrtimer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	hrtimer.function = function;
	hrtimer_start(&hrtimer, 1000, HRTIMER_MODE_REL);
	wait_for_completion(&called);
	return 0;
}

static void __exit zoo_exit(void)
{
	hrtimer_cancel(&hrtimer);
	del_timer_sync(&timer);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
