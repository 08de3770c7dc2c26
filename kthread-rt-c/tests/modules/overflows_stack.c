// SPDX-License-Identifier: MIT OR Apache-2.0
/* One of its threads calls itself without end. */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>

static DECLARE_COMPLETION(never);

static noinline int deeper(volatile int *above)
{
	volatile int here[64];

	here[0] = *above + 1;
	return deeper(here) + here[0];
}

static int recursive(void *data)
{
	volatile int begin = 0;

	return deeper(&begin);
}

static int __init overflows_init(void)
{
	struct task_struct *task = kthread_run(recursive, NULL, "recursive");

	if (IS_ERR(task))
		return PTR_ERR(task);
	wait_for_completion(&never);
	return 0;
}

module_init(overflows_init);
MODULE_LICENSE("Dual MIT/GPL");
