// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * The C twin of examples/timer_wakes_thread.rs: a thread that is created and not started. Nobody wakes it but a timer, whose
 * function calls wake_up_process() and arms the timer again. The first wake-up starts the thread; the others end its sleeps.
 */
#include <linux/completion.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/timer.h>

static unsigned int rounds = 5;
module_param(rounds, uint, 0444);
MODULE_PARM_DESC(rounds, "how often the timer fires");

/* From one round to the next, in jiffies. */
#define PERIOD 5

static struct task_struct *task;
static unsigned int fired;
static unsigned int early;
static unsigned int found;
static DECLARE_COMPLETION(over);

static void fire(struct timer_list *timer)
{
	if (time_before(jiffies, timer->expires))
		early++;
	if (!fired)
		found = READ_ONCE(task->__state);
	if (fired + 1 < rounds)
		mod_timer(timer, timer->expires + PERIOD);
	WRITE_ONCE(fired, fired + 1);
	wake_up_process(task);
}

static DEFINE_TIMER(timer, fire);

static int sleeper(void *unused)
{
	unsigned int woken = 0;

	while (woken < rounds && !kthread_should_stop()) {
		set_current_state(TASK_INTERRUPTIBLE);
		/* The condition, after the state and before the sleep: a wake-up in between is not lost. */
		if (READ_ONCE(fired) <= woken) {
			schedule();
			continue;
		}
		__set_current_state(TASK_RUNNING);
		woken++;
		pr_info("%s: round %u\n", current->comm, woken);
	}
	complete(&over);
	return woken;
}

static int __init timer_init(void)
{
	task = kthread_create(sleeper, NULL, "sleeper");
	if (IS_ERR(task))
		return PTR_ERR(task);
	mod_timer(&timer, jiffies + PERIOD);
	wait_for_completion(&over);
	pr_info("it was found in state %#x first; early: %u times\n", found, early);
	return 0;
}

static void __exit timer_exit(void)
{
	del_timer_sync(&timer);
	pr_info("exit: the thread returned %d\n", kthread_stop(task));
}

module_init(timer_init);
module_exit(timer_exit);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("A timer that wakes a thread");
