// SPDX-License-Identifier: MIT OR Apache-2.0
/* A delayed work is cancelled before the module goes.
 *
 * kind: left at unload
 */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/workqueue.h>

static void poll_device(struct work_struct *work)
{
}

static DECLARE_DELAYED_WORK(poll_work, poll_device);

static int __init zoo_init(void)
{
	schedule_delayed_work(&poll_work, 3600 * HZ);
	return 0;
}

static void __exit zoo_exit(void)
{
	cancel_delayed_work_sync(&poll_work);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
