// SPDX-License-Identifier: MIT OR Apache-2.0
/* A block is freed when the work in it is cancelled.
 *
 * kind: freed while active
 */
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/slab.h>

struct device_data {
	int count;
	struct kthread_work work;
};

static struct device_data *data;

static DEFINE_KTHREAD_WORKER(sender);

static void send_frame(struct kthread_work *work)
{
}

static int __init zoo_init(void)
{
	data = kzalloc(sizeof(*data), GFP_KERNEL);
	kthread_init_work(&data->work, send_frame);
	kthread_queue_work(&sender, &data->work);
	kthread_cancel_work_sync(&data->work);
	kfree(data);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
