// SPDX-License-Identifier: MIT OR Apache-2.0
/* A timer is deleted that was never set up.
 *
 * kind: used before its initialisation
 * told: used uninitialised
 */
#include <linux/module.h>
#include <linux/timer.h>

static void function(struct timer_list *timer)
{
}

static struct timer_list timer;

static int __init zoo_init(void)
{
	del_timer_sync(&timer); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
