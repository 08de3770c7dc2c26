// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Sleeping for a time: what is left of it, in which state the thread sleeps, what ends it, and how
 * long it takes at least.
 */
#include "ask.h"
#include <linux/ktime.h>

/* A machine may be slow: how much later than it should a sleep may end, in jiffies. */
#define LATE (10 * HZ)

static struct completion begun, ended;

/* A sleep of so many jiffies, or milliseconds, and what it returned. */
static long st_interruptible(long time)
{
	return schedule_timeout_interruptible(time);
}

static long st_uninterruptible(long time)
{
	return schedule_timeout_uninterruptible(time);
}

static long st_killable(long time)
{
	return schedule_timeout_killable(time);
}

static long st_idle(long time)
{
	return schedule_timeout_idle(time);
}

static long st(long time)
{
	set_current_state(TASK_INTERRUPTIBLE);
	return schedule_timeout(time);
}

static long io(long time)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	return io_schedule_timeout(time);
}

static const struct variant {
	const char *name;
	long (*sleep)(long time);
	unsigned int state;
} variants[] = {
	{ "schedule_timeout", st, TASK_INTERRUPTIBLE },
	{ "interruptible", st_interruptible, TASK_INTERRUPTIBLE },
	{ "uninterruptible", st_uninterruptible, TASK_UNINTERRUPTIBLE },
	{ "killable", st_killable, TASK_KILLABLE },
	{ "idle", st_idle, TASK_IDLE },
	{ "io", io, TASK_UNINTERRUPTIBLE },
};

/* How many jiffies exactly is asked in jiffies_elapsed.c. */
CASE(over, "schedule_timeout schedule_timeout_interruptible schedule_timeout_uninterruptible schedule_timeout_killable"
	   " schedule_timeout_idle io_schedule_timeout set_current_state jiffies")
{
	static const long times[] = { 0, 1, 5, 20 };
	int i, n;

	for (i = 0; i < ARRAY_SIZE(variants); i++)
		for (n = 0; n < ARRAY_SIZE(times); n++) {
			unsigned long begin = jiffies;
			long left, took;

			/* All times of one, and one of the others. */
			if (i && n != 2)
				continue;
			left = variants[i].sleep(times[n]);
			took = jiffies - begin;
			answer("sleep=%s time=%ld left=%ld took=%s state=0x%x", variants[i].name, times[n], left,
			       ask_between(took, times[n], times[n] + LATE), READ_ONCE(current->__state));
		}
}

struct sleeper {
	const struct variant *variant;
	long time, left;
	unsigned int state;
};

static int sleeps(void *data)
{
	struct sleeper *sleeper = data;

	allow_signal(SIGTERM);
	allow_signal(SIGKILL);
	complete(&begun);
	sleeper->left = sleeper->variant->sleep(sleeper->time);
	sleeper->state = READ_ONCE(current->__state);
	complete(&ended);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

static struct task_struct *begin(struct sleeper *sleeper, const struct variant *variant, long time)
{
	struct task_struct *task;

	sleeper->variant = variant;
	sleeper->time = time;
	init_completion(&begun);
	init_completion(&ended);
	task = ask_thread(sleeps, sleeper);
	if (!task)
		return NULL;
	wait_for_completion(&begun);
	until_state(task, variant->state);
	return task;
}

CASE(woken, "schedule_timeout schedule_timeout_interruptible schedule_timeout_uninterruptible schedule_timeout_killable"
	    " schedule_timeout_idle io_schedule_timeout wake_up_process MAX_SCHEDULE_TIMEOUT")
{
	static const long times[] = { 3600 * HZ, MAX_SCHEDULE_TIMEOUT - 1, MAX_SCHEDULE_TIMEOUT };
	int i, n;

	for (i = 0; i < ARRAY_SIZE(variants); i++) {
		struct sleeper sleepers[3];
		int woken[3];

		for (n = 0; n < 3; n++) {
			struct task_struct *task = begin(&sleepers[n], &variants[i], times[n]);

			if (!task)
				return;
			woken[n] = wake_up_process(task);
			wait_for_completion(&ended);
			kthread_stop(task);
		}
		answer("sleep=%s woken=%d,%d,%d an_hour=%s nearly_max=%s max_is_max=%d state=0x%x", variants[i].name, woken[0],
		       woken[1], woken[2], ask_between(sleepers[0].left, times[0] - LATE, times[0]),
		       ask_between(sleepers[1].left, times[1] - LATE, times[1]), sleepers[2].left == times[2],
		       sleepers[2].state);
	}
}

CASE(signalled, "schedule_timeout_interruptible schedule_timeout_uninterruptible schedule_timeout_killable"
		" schedule_timeout_idle send_sig")
{
	static const int signals[] = { SIGTERM, SIGKILL };
	int i, n;

	for (i = 0; i < ARRAY_SIZE(variants); i++)
		for (n = 0; n < 2; n++) {
			struct sleeper sleeper;
			struct task_struct *task = begin(&sleeper, &variants[i], 3600 * HZ);
			bool by_signal;

			if (!task)
				return;
			send_sig(signals[n], task, 1);
			by_signal = READ_ONCE(task->__state) != variants[i].state;
			if (!by_signal)
				wake_up_process(task);
			wait_for_completion(&ended);
			answer("sleep=%s signal=%d ended=%d left=%s", variants[i].name, signals[n], by_signal,
			       ask_between(sleeper.left, 3599 * HZ, 3600 * HZ));
			kthread_stop(task);
		}
}

/* A signal that is there before the sleep. What is left is all of it, if it did not sleep. */
static int sleeps_with_signal(void *data)
{
	static const int signals[] = { SIGTERM, SIGKILL };
	int i, n;

	allow_signal(SIGTERM);
	allow_signal(SIGKILL);
	for (n = 0; n < 2; n++) {
		send_sig(signals[n], current, 1);
		for (i = 0; i < ARRAY_SIZE(variants); i++) {
			long left = variants[i].sleep(4);

			answer("sleep=%s signal=%d slept=%d state=0x%x", variants[i].name, signals[n], left == 0,
			       READ_ONCE(current->__state));
		}
		answer("signal=%d ms=%lu,%lu,%lu", signals[n], msleep_interruptible(0), msleep_interruptible(20),
		       msleep_interruptible(1000));
		flush_signals(current);
	}
	complete(&ended);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

CASE(signal_before, "schedule_timeout_interruptible schedule_timeout_killable schedule_timeout_uninterruptible"
		    " msleep_interruptible"
		    " flush_signals")
{
	struct task_struct *task;

	init_completion(&ended);
	task = ask_thread(sleeps_with_signal, NULL);
	if (!task)
		return;
	wait_for_completion(&ended);
	kthread_stop(task);
}

/* Without a state it does not sleep. */
CASE(running, "schedule_timeout")
{
	long left = schedule_timeout(100 * HZ);

	answer("left=%s state=0x%x", ask_between(left, 100 * HZ - LATE, 100 * HZ), READ_ONCE(current->__state));
}

/* Milliseconds. */
static long ms(long time)
{
	msleep(time);
	return 0;
}

static long ms_interruptible(long time)
{
	return msleep_interruptible(time);
}

static long s(long time)
{
	ssleep(time);
	return 0;
}

static long us(long time)
{
	usleep_range(time, time + 1000);
	return 0;
}

static long us_idle(long time)
{
	usleep_idle_range(time, time + 1000);
	return 0;
}

static long us_state(long time)
{
	usleep_range_state(time, time + 1000, TASK_INTERRUPTIBLE);
	return 0;
}

static long f(long time)
{
	fsleep(time);
	return 0;
}

CASE(ms, "msleep msleep_interruptible ssleep msecs_to_jiffies")
{
	static const unsigned int times[] = { 0, 1, 4, 5, 20, 100 };
	unsigned long begin;
	int i;

	for (i = 0; i < ARRAY_SIZE(times); i++) {
		unsigned long left;
		long took, took_interruptible;

		begin = jiffies;
		msleep(times[i]);
		took = jiffies - begin;
		begin = jiffies;
		left = msleep_interruptible(times[i]);
		took_interruptible = jiffies - begin;
		answer("ms=%u long_enough=%d interruptible_long_enough=%d left=%lu state=0x%x", times[i],
		       took >= msecs_to_jiffies(times[i]), took_interruptible >= msecs_to_jiffies(times[i]), left,
		       READ_ONCE(current->__state));
	}
	begin = jiffies;
	ssleep(1);
	answer("ssleep took=%s", ask_between(jiffies - begin, HZ, HZ + LATE));
}

CASE(us, "usleep_range usleep_idle_range usleep_range_state fsleep udelay ndelay mdelay ktime_get ktime_us_delta ktime_sub"
	 " ktime_to_ns")
{
	static const struct {
		const char *name;
		long (*sleep)(long us);
		long time;
	} of[] = {
		{ "usleep_range", us, 0 },
		{ "usleep_range", us, 1500 },
		{ "usleep_idle_range", us_idle, 1500 },
		{ "usleep_range_state", us_state, 1500 },
		{ "fsleep", f, 5 },
		{ "fsleep", f, 300 },
		{ "fsleep", f, 25000 },
	};
	ktime_t begin;
	int i;

	for (i = 0; i < ARRAY_SIZE(of); i++) {
		s64 took;

		begin = ktime_get();
		of[i].sleep(of[i].time);
		took = ktime_us_delta(ktime_get(), begin);
		answer("sleep=%s us=%ld long_enough=%d state=0x%x", of[i].name, of[i].time, took >= of[i].time,
		       READ_ONCE(current->__state));
	}
	/* A virtual machine's clock and its loops may not agree well. */
	begin = ktime_get();
	udelay(200);
	answer("udelay=%d", ktime_us_delta(ktime_get(), begin) >= 40);
	begin = ktime_get();
	ndelay(9000);
	answer("ndelay=%d", ktime_to_ns(ktime_sub(ktime_get(), begin)) >= 1800);
	begin = ktime_get();
	mdelay(3);
	answer("mdelay=%d", ktime_us_delta(ktime_get(), begin) >= 600);
}

/* In which state each of them sleeps, and that a stray wake-up does not end it. */
CASE(states, "msleep msleep_interruptible ssleep usleep_range usleep_idle_range usleep_range_state fsleep wake_up_process")
{
	static const struct {
		struct variant variant;
		long time, ticks;
	} of[] = {
		{ { "msleep", ms, TASK_UNINTERRUPTIBLE }, 1500, 1500 * HZ / 1000 },
		{ { "msleep_interruptible", ms_interruptible, TASK_INTERRUPTIBLE }, 1500, 1500 * HZ / 1000 },
		{ { "ssleep", s, TASK_UNINTERRUPTIBLE }, 1, HZ },
		{ { "usleep_range", us, TASK_UNINTERRUPTIBLE }, 1500000, 1500 * HZ / 1000 },
		{ { "usleep_idle_range", us_idle, TASK_IDLE }, 1500000, 1500 * HZ / 1000 },
		{ { "usleep_range_state", us_state, TASK_INTERRUPTIBLE }, 1500000, 1500 * HZ / 1000 },
		{ { "fsleep", f, TASK_UNINTERRUPTIBLE }, 1500000, 1500 * HZ / 1000 },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(of); i++) {
		struct sleeper sleeper;
		unsigned long began = jiffies;
		struct task_struct *task = begin(&sleeper, &of[i].variant, of[i].time);
		int woken;

		if (!task)
			return;
		woken = wake_up_process(task);
		wait_for_completion(&ended);
		answer("sleep=%s state=0x%x woken=%d slept_on=%d left=%ld", of[i].variant.name, of[i].variant.state, woken,
		       jiffies - began >= of[i].ticks, sleeper.left);
		kthread_stop(task);
	}
}

/* A signal ends msleep_interruptible() alone. */
CASE(ms_signalled, "msleep_interruptible send_sig usleep_range_state")
{
	static const struct variant of = { "msleep_interruptible", ms_interruptible, TASK_INTERRUPTIBLE };
	static const struct variant range = { "usleep_range_state", us_state, TASK_INTERRUPTIBLE };
	struct sleeper sleeper;
	unsigned long began = jiffies;
	struct task_struct *task = begin(&sleeper, &of, 3600 * 1000);

	if (!task)
		return;
	send_sig(SIGTERM, task, 1);
	wait_for_completion(&ended);
	answer("left=%s state=0x%x", ask_between(sleeper.left, 3590 * 1000, 3600 * 1000 + 8), sleeper.state);
	kthread_stop(task);

	began = jiffies;
	task = begin(&sleeper, &range, 500000);
	if (!task)
		return;
	send_sig(SIGTERM, task, 1);
	wait_for_completion(&ended);
	answer("usleep_range_state slept_on=%d", jiffies - began >= HZ / 2);
	kthread_stop(task);
}

/* io_schedule() is schedule(), and counts as waiting for a device. */
static long io_forever(long time)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	io_schedule();
	return 17;
}

CASE(io, "io_schedule wake_up_process")
{
	static const struct variant of = { "io_schedule", io_forever, TASK_UNINTERRUPTIBLE };
	struct sleeper sleeper;
	struct task_struct *task = begin(&sleeper, &of, 0);

	if (!task)
		return;
	wake_up_process(task);
	wait_for_completion(&ended);
	answer("returned=%ld state=0x%x", sleeper.left, sleeper.state);
	kthread_stop(task);
}

ASK_MODULE(&case_over, &case_woken, &case_signalled, &case_signal_before, &case_running, &case_ms, &case_us, &case_states,
	   &case_ms_signalled, &case_io);
