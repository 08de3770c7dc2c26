// SPDX-License-Identifier: MIT OR Apache-2.0
/* A timer is armed when the module goes.
 *
 * kind: left at unload
 * told: timer tick_timer, function tick(), is still armed
 */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/timer.h>

static void tick(struct timer_list *timer)
{
}

static DEFINE_TIMER(tick_timer, tick);

static int __init zoo_init(void)
{
	mod_timer(&tick_timer, jiffies + 3600 * HZ); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
