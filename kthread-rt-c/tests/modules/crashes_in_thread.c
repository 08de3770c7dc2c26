// SPDX-License-Identifier: MIT OR Apache-2.0
/* One of its threads follows a bad pointer. */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>

static int *volatile nowhere = (int *)0x40;
static DECLARE_COMPLETION(never);

static noinline int follow(int *pointer)
{
	*pointer = 1;
	return *pointer;
}

static int crasher(void *data)
{
	return follow(nowhere) + 1;
}

static int __init crashes_init(void)
{
	struct task_struct *task = kthread_run(crasher, NULL, "crasher");

	if (IS_ERR(task))
		return PTR_ERR(task);
	wait_for_completion(&never);
	return 0;
}

module_init(crashes_init);
MODULE_LICENSE("Dual MIT/GPL");
