// SPDX-License-Identifier: MIT OR Apache-2.0
/* A block is freed when the work in it is cancelled.
 *
 * kind: freed while active
 */
#include <linux/completion.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

struct device_data {
	int count;
	struct work_struct work;
};

static struct device_data *data;

static DECLARE_COMPLETION(freed);
static struct workqueue_struct *queue;

static void first(struct work_struct *work)
{
	wait_for_completion(&freed);
}

static void second(struct work_struct *work)
{
}

static DECLARE_WORK(first_work, first);

static int __init zoo_init(void)
{
	data = kzalloc(sizeof(*data), GFP_KERNEL);
	queue = alloc_ordered_workqueue("frames", 0);
	INIT_WORK(&data->work, second);
	queue_work(queue, &first_work);
	queue_work(queue, &data->work);
	cancel_work_sync(&data->work);
	kfree(data);
	complete(&freed);
	destroy_workqueue(queue);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
