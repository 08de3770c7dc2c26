// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * The C twin of examples/event_thread.rs: a thread that waits for events and tells userspace.
 *
 * A timer sets the event's id under a spin lock, in timer context, and wakes the queue. The thread then runs a helper, a program that
 * finds the id in its environment, as TROUBLED_DS, and waits for its end. kthread_stop() or SIGKILL ends the thread.
 */
#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/signal.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/umh.h>
#include <linux/wait.h>

static char *helper = "/bin/true";
module_param(helper, charp, 0644);
MODULE_PARM_DESC(helper, "the program that is told");

static unsigned int events = 3;
module_param(events, uint, 0444);
MODULE_PARM_DESC(events, "how many events there are");

static unsigned int interval_ms = 10;
module_param(interval_ms, uint, 0444);
MODULE_PARM_DESC(interval_ms, "milliseconds before each");

/* 0 if there is none. */
static unsigned int event_id;
static DEFINE_SPINLOCK(event_lock);
static DECLARE_WAIT_QUEUE_HEAD(event_wait);

static DECLARE_COMPLETION(over);
static struct task_struct *task;

static void interrupt(struct timer_list *timer)
{
	static unsigned int last;
	unsigned long flags;

	spin_lock_irqsave(&event_lock, flags);
	event_id = ++last;
	spin_unlock_irqrestore(&event_lock, flags);
	wake_up_interruptible(&event_wait);
}

static DEFINE_TIMER(line, interrupt);

static unsigned int take_event(void)
{
	unsigned long flags;
	unsigned int id;

	spin_lock_irqsave(&event_lock, flags);
	id = event_id;
	event_id = 0;
	spin_unlock_irqrestore(&event_lock, flags);
	return id;
}

static int tell(unsigned int id)
{
	char troubled[32];
	char *argv[] = { helper, NULL };
	char *envp[] = { "HOME=/", "PATH=/sbin:/usr/sbin:/bin:/usr/bin", troubled, NULL };

	snprintf(troubled, sizeof(troubled), "TROUBLED_DS=%u", id);
	return call_usermodehelper(helper, argv, envp, UMH_WAIT_PROC);
}

static int event_thread(void *data)
{
	unsigned int id, told = 0;

	allow_signal(SIGKILL);
	mod_timer(&line, jiffies + msecs_to_jiffies(interval_ms));
	while (!wait_event_interruptible(event_wait, (id = take_event()) || kthread_should_stop()) && id) {
		pr_info("event %u: %s returned %d\n", id, helper, tell(id));
		if (++told < events)
			mod_timer(&line, jiffies + msecs_to_jiffies(interval_ms));
		else
			complete(&over);
	}
	return told;
}

static int __init event_thread_init(void)
{
	task = kthread_run(event_thread, NULL, "event_thread");
	return PTR_ERR_OR_ZERO(task);
}

static void __exit event_thread_exit(void)
{
	wait_for_completion(&over);
	pr_info("it told %d events\n", kthread_stop(task));
	del_timer_sync(&line);
}

module_init(event_thread_init);
module_exit(event_thread_exit);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("Waits for events and runs a helper for each");
