// SPDX-License-Identifier: MIT OR Apache-2.0
/* timer_setup() comes first.
 *
 * kind: used before its initialisation
 */
#include <linux/module.h>
#include <linux/timer.h>

static void function(struct timer_list *timer)
{
}

static struct timer_list timer;

static int __init zoo_init(void)
{
	timer_setup(&timer, function, 0);
	timer.expires = jiffies + HZ;
	add_timer(&timer);
	return 0;
}

static void __exit zoo_exit(void)
{
	del_timer_sync(&timer);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
