// SPDX-License-Identifier: MIT OR Apache-2.0
/* Names that a kernel's own macros are made of, and that modules use: each does what the macro does. */
#include <linux/completion.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/timer.h>
#include <linux/version.h>
#include <linux/wait.h>

static DECLARE_COMPLETION(called);

#if LINUX_VERSION_CODE >= KERNEL_VERSION(4, 15, 0)
static void ring(struct timer_list *timer)
{
	complete(&called);
}
#else
static unsigned long got;

static void ring(unsigned long data)
{
	got = data;
	complete(&called);
}
#endif

static void timers(void)
{
	static struct timer_list timer;

#if LINUX_VERSION_CODE >= KERNEL_VERSION(4, 15, 0)
	init_timer_key(&timer, ring, TIMER_DEFERRABLE, NULL, NULL);
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(3, 7, 0)
	init_timer_key(&timer, TIMER_DEFERRABLE, NULL, NULL);
	timer.function = ring;
	timer.data = 7;
#else
	setup_timer_key(&timer, NULL, NULL, ring, 7);
#endif
#if LINUX_VERSION_CODE < KERNEL_VERSION(4, 8, 0)
	set_timer_slack(&timer, 1);
#endif
	mod_timer(&timer, jiffies + 1);
	wait_for_completion(&called);
#if LINUX_VERSION_CODE < KERNEL_VERSION(4, 15, 0)
	pr_info("a timer was called with %lu\n", got);
#else
	pr_info("a timer was called, flags %#x\n", timer.flags & TIMER_DEFERRABLE);
#endif
	del_timer_sync(&timer);
}

static ktime_t at, before;

static enum hrtimer_restart strike(struct hrtimer *timer)
{
	at = timer->base->get_time();
	if (hrtimer_forward(timer, timer->base->get_time(), ms_to_ktime(5)) == 0)
		pr_info("it is not late, though it was called\n");
	complete(&called);
	return HRTIMER_NORESTART;
}

static void hrtimers(void)
{
	static struct hrtimer timer;

	before = ktime_get();
	hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	timer.function = strike;
	hrtimer_start(&timer, ms_to_ktime(2), HRTIMER_MODE_REL);
	wait_for_completion(&called);
	hrtimer_cancel(&timer);
	pr_info("base->get_time: clock %d, 2 ms later %d, forward from then %d\n", timer.base->clockid,
		ktime_to_ns(at) >= ktime_to_ns(before) + 2000000 && ktime_to_ns(at) <= ktime_to_ns(ktime_get()),
		ktime_to_ns(hrtimer_get_expires(&timer)) > ktime_to_ns(at));
}

static int turns;

static void turn(unsigned long data)
{
	turns += data;
	complete(&called);
}

static void tasklets(void)
{
	static struct tasklet_struct tasklet;

	tasklet_init(&tasklet, turn, 2);
	if (!test_and_set_bit(TASKLET_STATE_SCHED, &tasklet.state))
		__tasklet_schedule(&tasklet);
	wait_for_completion(&called);
	if (!test_and_set_bit(TASKLET_STATE_SCHED, &tasklet.state))
		__tasklet_hi_schedule(&tasklet);
	wait_for_completion(&called);
	tasklet_kill(&tasklet);
	pr_info("a tasklet ran: %d\n", turns);
}

#if LINUX_VERSION_CODE < KERNEL_VERSION(3, 15, 0)
static DECLARE_WAIT_QUEUE_HEAD(bed);
static struct timer_list alarm_clock;

/* Again and again: the first time may be before anybody sleeps. */
static void wake(unsigned long data)
{
	wake_up(&bed);
	mod_timer(&alarm_clock, jiffies + 1);
}

static void sleeps(void)
{
	unsigned long begin = jiffies;

	pr_info("nobody wakes: %ld %ld", sleep_on_timeout(&bed, 1), interruptible_sleep_on_timeout(&bed, 1));
	pr_cont(", not before the time %d\n", time_after_eq(jiffies, begin + 2));
	setup_timer(&alarm_clock, wake, 0);
	mod_timer(&alarm_clock, jiffies + 1);
	sleep_on(&bed);
	interruptible_sleep_on(&bed);
	pr_info("woken: %d\n", sleep_on_timeout(&bed, 600 * HZ) > 0);
	del_timer_sync(&alarm_clock);
}
#endif

static int __init test_init(void)
{
	int count = preempt_count();

	timers();
	hrtimers();
	tasklets();
#if LINUX_VERSION_CODE < KERNEL_VERSION(3, 15, 0)
	add_preempt_count(2);
#else
	preempt_count_add(2);
#endif
	pr_info("preempt_count: %d more\n", preempt_count() - count);
#if LINUX_VERSION_CODE < KERNEL_VERSION(3, 15, 0)
	sub_preempt_count(2);
#else
	preempt_count_sub(2);
#endif
	pr_info("and %d\n", preempt_count() - count);
	{
		unsigned int (*in_ms)(unsigned long) = symbol_get(jiffies_to_msecs);

		pr_info("symbol_get: %d, of a name that nobody has: %d\n", in_ms && in_ms(HZ) == 1000,
			__symbol_get("kt_nobody_has_this") != NULL);
		symbol_put(jiffies_to_msecs);
	}
#if LINUX_VERSION_CODE < KERNEL_VERSION(3, 15, 0)
	sleeps();
#endif
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 15, 0)
	{
		int (*say)(const char *, ...) = printk;

		say(KERN_INFO "printk is a function\n");
	}
#endif
	return 0;
}

static void __exit test_exit(void)
{
}

module_init(test_init);
module_exit(test_exit);
MODULE_LICENSE("GPL");
