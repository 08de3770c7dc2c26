// SPDX-License-Identifier: MIT OR Apache-2.0
/* A block is freed with a work in it that is queued on a kthread_worker.
 *
 * kind: freed while active
 * told: free of an active object: kthread_work, function send_frame(), queued by kthread_queue_work()
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
	kfree(data); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
