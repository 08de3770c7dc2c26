// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * How many jiffies a sleep takes: the least of many tries. A machine that has other things to do may
 * be late each time, so it is tried longer as long as all were later than the rule says. A try that
 * is earlier than the rule counts, too.
 */
#include "ask.h"
#include <linux/wait.h>
#include <linux/wait_bit.h>

#define TRIES 20
#define PATIENCE (40 * TRIES)

static DECLARE_WAIT_QUEUE_HEAD(queue);
static DECLARE_COMPLETION(nothing);
static unsigned long word = 1;

/* The least number of jiffies that `what` takes, which a kernel's rule says are `rule`. */
#define least_of(rule, what) \
	({ \
		unsigned long least = ULONG_MAX; \
		int try; \
		for (try = 0; try < TRIES || (least > (rule) && try < PATIENCE); try++) { \
			unsigned long begin = jiffies; \
			what; \
			least = min(least, jiffies - begin); \
		} \
		(long)least; \
	})

CASE(schedule_timeout, "schedule_timeout_uninterruptible schedule_timeout_interruptible schedule_timeout_killable"
		       " schedule_timeout_idle"
		       " schedule_timeout jiffies")
{
	static const int times[] = { 0, 1, 2, 3, 5, 10 };
	int i;

	for (i = 0; i < ARRAY_SIZE(times); i++)
		answer("uninterruptible time=%d takes=%ld", times[i], least_of(times[i] + 1, schedule_timeout_uninterruptible(times[i])));
	answer("interruptible time=3 takes=%ld", least_of(4, schedule_timeout_interruptible(3)));
	answer("killable time=3 takes=%ld", least_of(4, schedule_timeout_killable(3)));
	answer("idle time=3 takes=%ld", least_of(4, schedule_timeout_idle(3)));
	answer("running time=3 takes=%ld", least_of(0, schedule_timeout(3)));
	answer("state time=3 takes=%ld", least_of(4, ({
		       set_current_state(TASK_INTERRUPTIBLE);
		       schedule_timeout(3);
	       })));
}

/*
 * Farther than 63 jiffies, a timer runs at a jiffy that eight divide; farther than 511, at one that
 * 64 divide.
 */
CASE(far, "schedule_timeout_uninterruptible jiffies")
{
	static const int times[] = { 64, 70, 100, 600 };
	int i, n;

	for (i = 0; i < ARRAY_SIZE(times); i++) {
		unsigned long step = times[i] > 511 ? 64 : 8;
		unsigned long least = ULONG_MAX, rule = (2 + times[i]) / step + 1;

		for (n = 0; n < (step == 8 ? 6 : 2) || (least / step > rule && n < 40); n++) {
			unsigned long begin;

			while ((jiffies & (step - 1)) != 2)
				if (((2 - jiffies) & (step - 1)) > 3)
					schedule_timeout_uninterruptible(1);
				else
					cpu_relax();
			begin = jiffies & ~(step - 1);
			schedule_timeout_uninterruptible(times[i]);
			least = min(least, jiffies - begin);
		}
		/* In steps from the one that it began in, since a machine may be late. */
		answer("time=%d step=%lu runs_after_steps=%lu", times[i], step, least / step);
	}
}

CASE(waits, "wait_event_timeout wait_event_interruptible_timeout wait_for_completion_timeout wait_on_bit_timeout"
	    " wait_for_completion_interruptible_timeout wait_event_idle_timeout io_schedule_timeout wait_var_event_timeout")
{
	answer("wait_event_timeout 0=%ld 1=%ld 3=%ld", least_of(0, wait_event_timeout(queue, false, 0)),
	       least_of(2, wait_event_timeout(queue, false, 1)), least_of(4, wait_event_timeout(queue, false, 3)));
	answer("wait_event_interruptible_timeout 3=%ld", least_of(4, wait_event_interruptible_timeout(queue, false, 3)));
	answer("wait_event_idle_timeout 3=%ld", least_of(4, wait_event_idle_timeout(queue, false, 3)));
	answer("wait_for_completion_timeout 0=%ld 1=%ld 3=%ld", least_of(1, wait_for_completion_timeout(&nothing, 0)),
	       least_of(2, wait_for_completion_timeout(&nothing, 1)), least_of(4, wait_for_completion_timeout(&nothing, 3)));
	answer("wait_for_completion_interruptible_timeout 3=%ld",
	       least_of(4, wait_for_completion_interruptible_timeout(&nothing, 3)));
	answer("wait_on_bit_timeout 0=%ld 3=%ld", least_of(0, wait_on_bit_timeout(&word, 0, TASK_UNINTERRUPTIBLE, 0)),
	       least_of(4, wait_on_bit_timeout(&word, 0, TASK_UNINTERRUPTIBLE, 3)));
	answer("wait_var_event_timeout 3=%ld", least_of(4, wait_var_event_timeout(&word, false, 3)));
	answer("io_schedule_timeout 3=%ld", least_of(4, ({
		       set_current_state(TASK_UNINTERRUPTIBLE);
		       io_schedule_timeout(3);
	       })));
}

CASE(woken, "wait_woken woken_wake_function DEFINE_WAIT_FUNC")
{
	DEFINE_WAIT_FUNC(entry, woken_wake_function);

	add_wait_queue(&queue, &entry);
	answer("wait_woken 0=%ld 3=%ld", least_of(1, wait_woken(&entry, TASK_UNINTERRUPTIBLE, 0)),
	       least_of(4, wait_woken(&entry, TASK_UNINTERRUPTIBLE, 3)));
	remove_wait_queue(&queue, &entry);
}

static unsigned long ran_at;

static void notes_time(struct kthread_work *work)
{
	ran_at = jiffies;
}

CASE(worker, "kthread_queue_delayed_work kthread_mod_delayed_work kthread_flush_work")
{
	struct kthread_worker *worker = kthread_create_worker(0, "worker");
	struct kthread_delayed_work work;
	static const int times[] = { 0, 1, 5 };
	int i, n;

	if (IS_ERR(worker))
		return;
	kthread_init_delayed_work(&work, notes_time);
	for (i = 0; i < ARRAY_SIZE(times); i++) {
		unsigned long least = ULONG_MAX, rule = times[i] ? times[i] + 1 : 0;

		for (n = 0; n < TRIES || (least > rule && n < PATIENCE); n++) {
			unsigned long begin = jiffies;

			if (n & 1)
				kthread_mod_delayed_work(worker, &work, times[i]);
			else
				kthread_queue_delayed_work(worker, &work, times[i]);
			/* It is on the timer first, and nobody can flush it there. */
			until(!timer_pending(&work.timer));
			kthread_flush_work(&work.work);
			least = min(least, ran_at - begin);
		}
		answer("time=%d runs_after=%lu", times[i], least);
	}
	kthread_destroy_worker(worker);
}

CASE(ms, "msleep msleep_interruptible")
{
	static const int times[] = { 0, 1, 4, 5, 20 };
	/* From 6.12 on, the jiffy more is the timer's alone. */
	const int more = LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0) ? 1 : 2;
	int i;

	for (i = 0; i < ARRAY_SIZE(times); i++)
		answer("ms=%d msleep=%ld interruptible=%ld", times[i],
		       least_of(msecs_to_jiffies(times[i]) + more, msleep(times[i])),
		       least_of(msecs_to_jiffies(times[i]) + more, msleep_interruptible(times[i])));
}

ASK_MODULE(&case_schedule_timeout, &case_far, &case_waits, &case_woken, &case_worker, &case_ms);
