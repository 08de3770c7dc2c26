// SPDX-License-Identifier: MIT OR Apache-2.0
/* Sleeps that a signal can interrupt, a timer and a wake-up that can be late. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/timer.h>
#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static DECLARE_COMPLETION(fired);
static unsigned long late;

static void on_time(struct timer_list *timer)
{
	late = jiffies - timer->expires;
	complete(&fired);
}

static DEFINE_TIMER(timer, on_time);

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

static int __init sleeps_init(void)
{
	struct task_struct *task = kthread_run(run, NULL, "deaf");
	int turn;

	if (IS_ERR(task))
		return PTR_ERR(task);
	for (turn = 0; turn < 2; turn++) {
		/* Longer than it takes to tell a fault. */
		long left = wait_event_interruptible_timeout(queue, false, HZ);

		pr_info("waited: %ld, pending %d\n", left, signal_pending(current));
	}
	pr_info("slept: %d\n", msleep_interruptible(1000) > 0);
	pr_info("completion: %ld\n", wait_for_completion_interruptible_timeout(&fired, 2));
	mod_timer(&timer, jiffies + 1);
	wait_for_completion(&fired);
	pr_info("late: %d\n", late >= 25);
	pr_info("stopped: %d\n", kthread_stop(task));
	return 0;
}

static void __exit sleeps_exit(void)
{
}

module_init(sleeps_init);
module_exit(sleeps_exit);
MODULE_LICENSE("Dual MIT/GPL");
