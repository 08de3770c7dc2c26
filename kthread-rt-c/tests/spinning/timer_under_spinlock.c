// SPDX-License-Identifier: MIT OR Apache-2.0
/* A task waits for a timer's function while it holds a spinlock that the function takes. */
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/timer.h>

static DEFINE_SPINLOCK(lock);
static int ticks;

static void tick(struct timer_list *timer)
{
	spin_lock(&lock);
	ticks++;
	spin_unlock(&lock);
}

static DEFINE_TIMER(timer, tick);

static int end_ticks(void *data)
{
	spin_lock_bh(&lock);
	mod_timer(&timer, jiffies);
	while (!spin_is_contended(&lock))
		cpu_relax();
	del_timer_sync(&timer); /* TOLD */
	spin_unlock_bh(&lock);
	return 0;
}

static int __init zoo_init(void)
{
	struct task_struct *task = kthread_run(end_ticks, NULL, "end_ticks");

	if (IS_ERR(task))
		return PTR_ERR(task);
	/* The task sleeps, or has ended. */
	wait_task_inactive(task, 0);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
