// SPDX-License-Identifier: MIT OR Apache-2.0
/* A thread that stops when it is told to, and goes on when it is told that; and a thread for a cpu that there is not. */
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched/signal.h>

static int stops(void *data)
{
	int sig;

	allow_signal(SIGSTOP);
	allow_signal(SIGKILL);
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!signal_pending(current))
			schedule();
		__set_current_state(TASK_RUNNING);
		sig = kernel_dequeue_signal();
		if (sig == SIGKILL)
			return 9;
		if (sig == SIGSTOP)
			kernel_signal_stop();
	}
}

/* Each call waits until the task sleeps; it may be in another state then, on its way. */
static void until_in(struct task_struct *task, unsigned int state)
{
	while (!wait_task_inactive(task, state))
		cond_resched();
}

static int __init stop_init(void)
{
	struct task_struct *task = kthread_run(stops, NULL, "stops"), *none;
	int woken;

	get_task_struct(task);
	until_in(task, TASK_INTERRUPTIBLE);
	send_sig(SIGSTOP, task, 1);
	until_in(task, TASK_STOPPED);
	woken = wake_up_process(task);
	pr_info("stopped: 0x%x, woken by wake_up_process: %d\n", READ_ONCE(task->__state), woken);
	send_sig(SIGCONT, task, 1);
	until_in(task, TASK_INTERRUPTIBLE);
	pr_info("it went on\n");
	send_sig(SIGKILL, task, 1);
	pr_info("killed: %d\n", kthread_stop(task));
	put_task_struct(task);

	none = kthread_create_on_cpu(stops, NULL, nr_cpu_ids + 5, "absent/%u");
	pr_info("for an absent cpu: %ld\n", PTR_ERR(none));
	return 0;
}

static void __exit stop_exit(void)
{
}

module_init(stop_init);
module_exit(stop_exit);
MODULE_LICENSE("GPL");
