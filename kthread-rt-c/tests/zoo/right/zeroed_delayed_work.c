// SPDX-License-Identifier: MIT OR Apache-2.0
/* INIT_DELAYED_WORK() comes first.
 *
 * kind: used before its initialisation
 */
#include <linux/module.h>
#include <linux/workqueue.h>

static void function(struct work_struct *work)
{
}

static struct delayed_work work;

static int __init zoo_init(void)
{
	INIT_DELAYED_WORK(&work, function);
	schedule_delayed_work(&work, 1);
	cancel_delayed_work_sync(&work);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
