// SPDX-License-Identifier: MIT OR Apache-2.0
/* Its init waits for what never comes, as a signal lets it; and its exit too, if it is asked to. */
#include <linux/init.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/sched/signal.h>
#include <linux/wait.h>

/* Init goes on when the signal has come. */
static bool stays;
module_param(stays, bool, 0);

/* Only a signal that kills ends the wait. */
static bool killable;
module_param(killable, bool, 0);

static bool exit_waits;
module_param(exit_waits, bool, 0);

static DECLARE_WAIT_QUEUE_HEAD(queue);

/* Says so when the task sleeps. */
static int announcer(void *task)
{
	wait_task_inactive((struct task_struct *)task, 0);
	pr_info("it sleeps\n");
	return 0;
}

static int __init init_waits_init(void)
{
	int ret;

	kthread_run(announcer, current, "announcer");
	if (killable)
		ret = wait_event_killable(queue, 0);
	else
		ret = wait_event_interruptible(queue, 0);
	pr_info("init: the wait returned %d\n", ret);
	return stays ? 0 : ret;
}

static void __exit init_waits_exit(void)
{
	pr_info("exit: %s\n", signal_pending(current) ? "a signal is pending" : "no signal is pending");
	if (!exit_waits)
		return;
	kthread_run(announcer, current, "announcer");
	pr_info("exit: the wait returned %d\n", wait_event_interruptible(queue, 0));
}

module_init(init_waits_init);
module_exit(init_waits_exit);
MODULE_LICENSE("Dual MIT/GPL");
