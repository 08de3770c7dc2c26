// SPDX-License-Identifier: MIT OR Apache-2.0
/* A delayed work item is initialised again while it waits for its timer.
 *
 * kind: initialised while active
 * told: initialisation of an active object: delayed work
 */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/workqueue.h>

static struct delayed_work work;

static void run(struct work_struct *work)
{
}

static int __init zoo_init(void)
{
	INIT_DELAYED_WORK(&work, run);
	schedule_delayed_work(&work, 3600 * HZ);
	INIT_DELAYED_WORK(&work, run); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
