// SPDX-License-Identifier: MIT OR Apache-2.0
/* Its exit stops a thread that never looks, since it waits for what nobody completes. */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>

static DECLARE_COMPLETION(begun);
static DECLARE_COMPLETION(never);
static struct task_struct *task;

static int deaf(void *data)
{
	complete(&begun);
	wait_for_completion(&never);
	return 0;
}

/* Says so when the task sleeps. */
static int announcer(void *task)
{
	wait_task_inactive((struct task_struct *)task, 0);
	pr_info("exit sleeps\n");
	return 0;
}

static int __init exit_hangs_init(void)
{
	task = kthread_run(deaf, NULL, "deaf");
	if (IS_ERR(task))
		return PTR_ERR(task);
	wait_for_completion(&begun);
	return 0;
}

static void __exit exit_hangs_exit(void)
{
	kthread_run(announcer, current, "announcer");
	kthread_stop(task);
}

module_init(exit_hangs_init);
module_exit(exit_hangs_exit);
MODULE_LICENSE("Dual MIT/GPL");
