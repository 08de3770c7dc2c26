// SPDX-License-Identifier: MIT OR Apache-2.0
/* If the thread is not made, the buffer is forgotten. */
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/slab.h>

static char *name, *buffer;
static struct task_struct *task;

static int run(void *data)
{
	while (!kthread_should_stop()) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!kthread_should_stop())
			schedule();
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

static int __init leaks_init(void)
{
	int error;

	name = kasprintf(GFP_KERNEL, "leaks/%d", 1);
	if (!name)
		return -ENOMEM;
	buffer = kmalloc(100, GFP_KERNEL);
	if (!buffer) {
		error = -ENOMEM;
		goto free_name;
	}
	task = kthread_run(run, NULL, "%s", name);
	if (IS_ERR(task)) {
		error = PTR_ERR(task);
		goto free_name;
	}
	return 0;

free_name:
	kfree(name);
	return error;
}

static void __exit leaks_exit(void)
{
	kthread_stop(task);
	kfree(buffer);
	kfree(name);
}

module_init(leaks_init);
module_exit(leaks_exit);
MODULE_LICENSE("Dual MIT/GPL");
