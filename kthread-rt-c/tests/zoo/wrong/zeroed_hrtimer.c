// SPDX-License-Identifier: MIT OR Apache-2.0
/* An hrtimer is started before hrtimer_init().
 *
 * kind: used before its initialisation
 * told: used uninitialised
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
	timer.function = function;
	hrtimer_start(&timer, NSEC_PER_MSEC, HRTIMER_MODE_REL); /* TOLD */
	hrtimer_cancel(&timer);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
