// SPDX-License-Identifier: MIT OR Apache-2.0
/* The C twin of examples/mykthread.rs: a thread that counts until it is told to stop. */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>

static unsigned int interval_ms = 500;
module_param(interval_ms, uint, 0444);
MODULE_PARM_DESC(interval_ms, "milliseconds from one count to the next");

static struct task_struct *task;

static int mykthread(void *data)
{
	int count = 0;

	while (!kthread_should_stop()) {
		pr_info("%s: count %d\n", (const char *)data, count++);
		msleep_interruptible(interval_ms);
	}
	return count;
}

static int __init mykthread_init(void)
{
	task = kthread_run(mykthread, "mykthread", "mykthread/%d", 0);
	if (IS_ERR(task))
		return PTR_ERR(task);
	pr_info("init: %s[%d] runs\n", task->comm, task->pid);
	return 0;
}

static void __exit mykthread_exit(void)
{
	pr_info("exit: mykthread returned %d\n", kthread_stop(task));
}

module_init(mykthread_init);
module_exit(mykthread_exit);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("Counts until it is stopped");
