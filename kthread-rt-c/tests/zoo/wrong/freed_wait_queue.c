// SPDX-License-Identifier: MIT OR Apache-2.0
/* A block is freed with a wait queue in it on which a thread waits.
 *
 * kind: freed while active
 * told: free of an active object: a wait queue on which task "waiter"
 */
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/wait.h>

struct device_data {
	int count;
	wait_queue_head_t queue;
};

static struct device_data *data;
static struct task_struct *waiter;

static int wait(void *unused)
{
	wait_event(data->queue, READ_ONCE(data->count));
	return 0;
}

static int __init zoo_init(void)
{
	data = kzalloc(sizeof(*data), GFP_KERNEL);
	init_waitqueue_head(&data->queue);
	waiter = kthread_run(wait, NULL, "waiter");
	get_task_struct(waiter);
	while (!wait_task_inactive(waiter, TASK_UNINTERRUPTIBLE))
		cond_resched();
	kfree(data); /* TOLD */
	WRITE_ONCE(data->count, 1);
	wake_up(&data->queue);
	kthread_stop(waiter);
	put_task_struct(waiter);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
