// SPDX-License-Identifier: MIT OR Apache-2.0
/* A block is freed with an entry in it that is on a wait queue.
 *
 * kind: freed while active
 * told: free of an active object: wait queue entry, function wake(), queued by add_wait_queue()
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/wait.h>

struct device_data {
	int count;
	wait_queue_entry_t entry;
};

static struct device_data *data;

static DECLARE_WAIT_QUEUE_HEAD(queue);

static int wake(wait_queue_entry_t *entry, unsigned int mode, int flags, void *key)
{
	return 0;
}

static int __init zoo_init(void)
{
	data = kzalloc(sizeof(*data), GFP_KERNEL);
	init_waitqueue_func_entry(&data->entry, wake);
	add_wait_queue(&queue, &data->entry);
	kfree(data); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
