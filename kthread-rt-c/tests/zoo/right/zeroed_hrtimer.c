// SPDX-License-Identifier: MIT OR Apache-2.0
/* hrtimer_init() comes first.
 *
 * kind: used before its initialisation
 */
#include <linux/hrtimer.h>
#include <linux/module.h>

static struct hrtimer timer;

static enum hrtimer_restart function(struct hrtimer *timer)
{
	return HRTIMER_NORESTART;
}

static int __init zoo_init(void)
{
	hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	timer.function = function;
	hrtimer_start(&timer, NSEC_PER_MSEC, HRTIMER_MODE_REL);
	hrtimer_cancel(&timer);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
