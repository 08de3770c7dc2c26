// SPDX-License-Identifier: MIT OR Apache-2.0
/* Random calls to timers that are far from their end: what each returns, and what is pending. */
#include "random.h"
#include <linux/hrtimer.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

enum { TIMERS = 3 };

static char said[500];

#define say(format, ...) snprintf(said + strlen(said), sizeof(said) - strlen(said), " " format, ##__VA_ARGS__)

static void ends(struct timer_list *timer)
{
}

static enum hrtimer_restart high_ends(struct hrtimer *timer)
{
	return HRTIMER_NORESTART;
}

static void works(struct work_struct *work)
{
}

CASE(wheel, "timer_setup mod_timer mod_timer_pending timer_reduce add_timer del_timer del_timer_sync try_to_del_timer_sync timer_pending")
{
	static struct timer_list timers[TIMERS];
	unsigned int round;
	int step, i;

	for (round = 0; round < 30; round++) {
		unsigned long begin = jiffies + 1000 * HZ;

		random_begin(round);
		for (i = 0; i < TIMERS; i++)
			timer_setup(&timers[i], ends, random_of(0, TIMER_DEFERRABLE, TIMER_IRQSAFE));
		said[0] = '\0';
		for (step = 0; step < 16; step++) {
			struct timer_list *timer = &timers[random_below(TIMERS)];
			unsigned long expires = begin + random_of(0, 1, 5, 5000, 500000);

			switch (random_below(8)) {
			case 0:
			case 1:
				say("mod=%d", mod_timer(timer, expires));
				break;
			case 2:
				say("pend=%d", mod_timer_pending(timer, expires));
				break;
			case 3:
				say("reduce=%d", timer_reduce(timer, expires));
				break;
			case 4:
				if (!timer_pending(timer)) {
					timer->expires = expires;
					add_timer(timer);
					say("add");
				}
				break;
			case 5:
				say("del=%d", del_timer(timer));
				break;
			case 6:
				say("sync=%d", del_timer_sync(timer));
				break;
			case 7:
				say("try=%d", try_to_del_timer_sync(timer));
				break;
			}
			for (i = 0; i < TIMERS; i++)
				if (timer_pending(&timers[i]))
					say("%d:%ld", i, (long)(timers[i].expires - begin));
			say(";");
		}
		answer("%u%s", round, said);
		for (i = 0; i < TIMERS; i++)
			del_timer_sync(&timers[i]);
	}
}

CASE(high, "hrtimer_init hrtimer_start hrtimer_cancel hrtimer_try_to_cancel hrtimer_active hrtimer_is_queued hrtimer_set_expires"
	   " hrtimer_get_expires hrtimer_restart hrtimer_forward")
{
	static struct hrtimer timer;
	unsigned int round;
	int step;

	for (round = 0; round < 30; round++) {
		ktime_t begin = ktime_add_ns(ktime_get(), 1000 * NSEC_PER_SEC);
		u64 overrun;

		random_begin(round);
		hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
		timer.function = high_ends;
		hrtimer_set_expires(&timer, begin);
		said[0] = '\0';
		for (step = 0; step < 14; step++) {
			u64 by = random_sized() >> 20;

			switch (random_below(7)) {
			case 0:
			case 1:
				hrtimer_start(&timer, ktime_add_ns(begin, by), HRTIMER_MODE_ABS);
				say("start");
				break;
			case 2:
				say("cancel=%d", hrtimer_cancel(&timer));
				break;
			case 3:
				say("try=%d", hrtimer_try_to_cancel(&timer));
				break;
			case 4:
				hrtimer_restart(&timer);
				say("restart");
				break;
			case 5:
				if (!hrtimer_is_queued(&timer)) {
					overrun = hrtimer_forward(&timer, ktime_add_ns(begin, by), random_of(1000, 50000, 1000000) * 1000LL);
					say("forward=%llu", overrun);
				}
				break;
			case 6:
				hrtimer_start_range_ns(&timer, ktime_add_ns(begin, by), 1000, HRTIMER_MODE_ABS);
				say("range");
				break;
			}
			say("/%d,%d,%lld", hrtimer_active(&timer), hrtimer_is_queued(&timer),
			    ktime_to_ns(ktime_sub(hrtimer_get_expires(&timer), begin)));
		}
		answer("%u%s", round, said);
		hrtimer_cancel(&timer);
	}
}

CASE(delayed, "queue_delayed_work mod_delayed_work cancel_delayed_work cancel_delayed_work_sync delayed_work_pending"
	      " flush_delayed_work INIT_DELAYED_WORK")
{
	static struct delayed_work work;
	unsigned int round;
	int step;

	for (round = 0; round < 20; round++) {
		random_begin(round);
		INIT_DELAYED_WORK(&work, works);
		said[0] = '\0';
		for (step = 0; step < 14; step++) {
			switch (random_below(6)) {
			case 0:
			case 1:
				say("queue=%d", queue_delayed_work(system_wq, &work, 1000 * HZ));
				break;
			case 2:
				say("mod=%d", mod_delayed_work(system_wq, &work, 2000 * HZ));
				break;
			case 3:
				say("cancel=%d", cancel_delayed_work(&work));
				break;
			case 4:
				say("sync=%d", cancel_delayed_work_sync(&work));
				break;
			case 5:
				/* Whether it has run before this looks is up to the scheduler. */
				flush_delayed_work(&work);
				say("flush");
				break;
			}
			say("/%d,%u", !!delayed_work_pending(&work), work_busy(&work.work));
		}
		answer("%u%s", round, said);
		cancel_delayed_work_sync(&work);
	}
}

ASK_MODULE(&case_wheel, &case_high, &case_delayed);
