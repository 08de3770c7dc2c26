// SPDX-License-Identifier: MIT OR Apache-2.0
/* The frame for the pairs of contexts and calls that tests/sleeping.rs makes. */
#include <linux/completion.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/timer.h>

static DEFINE_SPINLOCK(lock);
static DEFINE_RAW_SPINLOCK(raw_lock);
static DEFINE_RWLOCK(rwlock);

/* FUNCTIONS */
/* The function that an interrupt calls, one at a time. */
static void (*function)(void);
static DECLARE_COMPLETION(called);

static enum hrtimer_restart hrtimer_function(struct hrtimer *timer)
{
	function();
	complete(&called);
	return HRTIMER_NORESTART;
}

static void timer_function(struct timer_list *timer)
{
	function();
	complete(&called);
}

static void irq_work_function(struct irq_work *work)
{
	function();
	complete(&called);
}

static struct hrtimer hrtimer;
static DEFINE_TIMER(timer, timer_function);
static DEFINE_IRQ_WORK(irq_work, irq_work_function);

static void by_hrtimer(void (*wanted)(void))
{
	function = wanted;
	hrtimer_start(&hrtimer, 0, HRTIMER_MODE_REL);
	wait_for_completion(&called);
	hrtimer_cancel(&hrtimer);
}

static void by_timer(void (*wanted)(void))
{
	function = wanted;
	mod_timer(&timer, jiffies);
	wait_for_completion(&called);
	del_timer_sync(&timer);
}

static void by_irq_work(void (*wanted)(void))
{
	function = wanted;
	irq_work_queue(&irq_work);
	wait_for_completion(&called);
	irq_work_sync(&irq_work);
}

static int __init pairs_init(void)
{
	hrtimer_init(&hrtimer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	hrtimer.function = hrtimer_function;
	/* CALLS */
	return 0;
}

static void __exit pairs_exit(void)
{
}

module_init(pairs_init);
module_exit(pairs_exit);
MODULE_LICENSE("Dual MIT/GPL");
