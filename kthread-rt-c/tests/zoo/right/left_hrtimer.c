// SPDX-License-Identifier: MIT OR Apache-2.0
/* An hrtimer is cancelled before the module goes.
 *
 * kind: left at unload
 */
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/module.h>

static struct hrtimer pulse_timer;

static enum hrtimer_restart pulse(struct hrtimer *timer)
{
	return HRTIMER_NORESTART;
}

static int __init zoo_init(void)
{
	hrtimer_init(&pulse_timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	pulse_timer.function = pulse;
	hrtimer_start(&pulse_timer, ktime_set(3600, 0), HRTIMER_MODE_REL);
	return 0;
}

static void __exit zoo_exit(void)
{
	hrtimer_cancel(&pulse_timer);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
