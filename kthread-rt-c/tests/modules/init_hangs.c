// SPDX-License-Identifier: MIT OR Apache-2.0
/* Its init waits for what nobody completes. */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>

static DECLARE_COMPLETION(never);

/* Says so when the task sleeps. */
static int announcer(void *task)
{
	wait_task_inactive((struct task_struct *)task, 0);
	pr_info("init sleeps\n");
	return 0;
}

static int __init init_hangs_init(void)
{
	struct task_struct *task = kthread_run(announcer, current, "announcer");

	if (IS_ERR(task))
		return PTR_ERR(task);
	wait_for_completion(&never);
	return 0;
}

module_init(init_hangs_init);
MODULE_LICENSE("Dual MIT/GPL");
