// SPDX-License-Identifier: MIT OR Apache-2.0
/* A program that links the runtime: glibc's headers beside the kernel's, threads, and a module built in. */
#include <stdio.h>
#include <stdlib.h>

#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/wait.h>

static DECLARE_COMPLETION(begun);
static DECLARE_WAIT_QUEUE_HEAD(wq);

static int counter(void *data)
{
	int *count = (int *)data;

	complete(&begun);
	wait_event_interruptible(wq, kthread_should_stop());
	return ++*count;
}

static int __init built_in_init(void)
{
	pr_info("%s: init in task %d\n", KBUILD_MODNAME, current->pid);
	return 0;
}

static void __exit built_in_exit(void)
{
	pr_info("%s: exit\n", KBUILD_MODNAME);
}

module_init(built_in_init);
module_exit(built_in_exit);
MODULE_LICENSE("Dual MIT/GPL");

/* Ends its thread from two calls down, through frames of C. */
static void leave(struct completion *done)
{
	kthread_complete_and_exit(done, 7);
}

static int leaver(void *data)
{
	leave((struct completion *)data);
	return 0;
}

int main(void)
{
	struct completion done;
	struct task_struct *task;
	int count = 41;

	if (kt_run_initcalls())
		return EXIT_FAILURE;
	task = kthread_run(counter, &count, "counter/%d", 1);
	if (IS_ERR(task))
		return EXIT_FAILURE;
	wait_for_completion(&begun);
	printf("%s has pid %d\n", task->comm, task->pid);
	printf("stopped: %d, ", kthread_stop(task));
	printf("count: %d\n", count);

	init_completion(&done);
	task = kthread_run(leaver, &done, "leaver");
	if (IS_ERR(task))
		return EXIT_FAILURE;
	wait_for_completion(&done);
	printf("left: %d\n", kthread_stop(task));
	kt_run_exitcalls();
	return EXIT_SUCCESS;
}
