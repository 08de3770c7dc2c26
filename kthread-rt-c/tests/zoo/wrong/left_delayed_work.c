// SPDX-License-Identifier: MIT OR Apache-2.0
/* A delayed work waits for its timer when the module goes.
 *
 * kind: left at unload
 * told: delayed work poll_work, function poll_device(), is still armed
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
	schedule_delayed_work(&poll_work, 3600 * HZ); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
