// SPDX-License-Identifier: MIT OR Apache-2.0
/* An init that fails deletes its timer before.
 *
 * kind: left at unload
 * status: 3
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
	mod_timer(&tick_timer, jiffies + 3600 * HZ);
	del_timer_sync(&tick_timer);
	return -ENODEV;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
