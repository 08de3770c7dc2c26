// SPDX-License-Identifier: MIT OR Apache-2.0
/* It was set up, and never armed.
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
	del_timer_sync(&timer);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
