// SPDX-License-Identifier: MIT OR Apache-2.0
/* A block is freed when nobody waits on it any more.
 *
 * kind: freed while active
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/wait.h>

struct device_data {
	int count;
	struct completion done;
};

static struct device_data *data;
static struct task_struct *waiter;

static int wait(void *unused)
{
	wait_for_completion(&data->done);
	return 0;
}

static int __init zoo_init(void)
{
	data = kzalloc(sizeof(*data), GFP_KERNEL);
	init_completion(&data->done);
	waiter = kthread_run(wait, NULL, "waiter");
	get_task_struct(waiter);
	while (!wait_task_inactive(waiter, TASK_UNINTERRUPTIBLE))
		cond_resched();
	complete(&data->done);
	kthread_stop(waiter);
	put_task_struct(waiter);
	kfree(data);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
