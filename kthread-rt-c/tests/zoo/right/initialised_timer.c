// SPDX-License-Identifier: MIT OR Apache-2.0
/* A timer is set up again when it is not armed any more.
 *
 * kind: initialised while active
 */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/timer.h>

static struct timer_list timer;

static void tick(struct timer_list *timer)
{
}

static int __init zoo_init(void)
{
	timer_setup(&timer, tick, 0);
	mod_timer(&timer, jiffies + 3600 * HZ);
	del_timer_sync(&timer);
	timer_setup(&timer, tick, 0);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
