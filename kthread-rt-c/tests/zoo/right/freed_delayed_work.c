// SPDX-License-Identifier: MIT OR Apache-2.0
/* A block is freed when the delayed work in it is cancelled.
 *
 * kind: freed while active
 */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

struct device_data {
	int count;
	struct delayed_work work;
};

static struct device_data *data;

static void poll_device(struct work_struct *work)
{
}

static int __init zoo_init(void)
{
	data = kzalloc(sizeof(*data), GFP_KERNEL);
	INIT_DELAYED_WORK(&data->work, poll_device);
	schedule_delayed_work(&data->work, 3600 * HZ);
	cancel_delayed_work_sync(&data->work);
	kfree(data);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
