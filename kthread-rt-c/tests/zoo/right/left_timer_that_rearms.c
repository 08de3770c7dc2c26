// SPDX-License-Identifier: MIT OR Apache-2.0
/* A timer that arms itself is deleted before the module goes.
 *
 * kind: left at unload
 */
#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/timer.h>

static DECLARE_COMPLETION(armed_itself);
static int ticks;

static void tick(struct timer_list *timer)
{
	mod_timer(timer, jiffies + 1);
	if (++ticks == 2)
		complete(&armed_itself);
}

static DEFINE_TIMER(tick_timer, tick);

static int __init zoo_init(void)
{
	mod_timer(&tick_timer, jiffies);
	wait_for_completion(&armed_itself);
	return 0;
}

static void __exit zoo_exit(void)
{
	del_timer_sync(&tick_timer);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
