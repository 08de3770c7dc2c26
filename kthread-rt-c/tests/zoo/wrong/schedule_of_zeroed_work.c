// SPDX-License-Identifier: MIT OR Apache-2.0
/* A work is queued that has no function.
 *
 * kind: used before its initialisation
 * told: used uninitialised
 */
#include <linux/module.h>
#include <linux/workqueue.h>

static void function(struct work_struct *work)
{
}

static struct work_struct work;

static int __init zoo_init(void)
{
	schedule_work(&work); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
	flush_scheduled_work();
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
