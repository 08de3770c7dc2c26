// SPDX-License-Identifier: MIT OR Apache-2.0
/* A block is freed with a work in it that waits for the one before it.
 *
 * kind: freed while active
 * told: free of an active object: work, function second(), queued by queue_work()
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
	kfree(data); /* TOLD */
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
