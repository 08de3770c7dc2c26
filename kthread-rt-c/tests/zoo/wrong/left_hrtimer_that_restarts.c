// SPDX-License-Identifier: MIT OR Apache-2.0
/* An hrtimer that restarts itself is still active when the module is unloaded.
 *
 * kind: left at unload
 * told: hrtimer tick_timer, function tick(), is still armed
 */
#include <linux/completion.h>
#include <linux/hrtimer.h>
#include <linux/module.h>

static DECLARE_COMPLETION(ticked_twice);
static struct hrtimer tick_timer;
static int ticks;

static enum hrtimer_restart tick(struct hrtimer *timer)
{
	hrtimer_forward_now(timer, ms_to_ktime(1));
	if (++ticks == 2)
		complete(&ticked_twice);
	return HRTIMER_RESTART;
}

static int __init zoo_init(void)
{
	hrtimer_init(&tick_timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	tick_timer.function = tick;
	hrtimer_start(&tick_timer, ms_to_ktime(1), HRTIMER_MODE_REL); /* TOLD */
	wait_for_completion(&ticked_twice);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
