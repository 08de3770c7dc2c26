// SPDX-License-Identifier: MIT OR Apache-2.0
/* Times, hrtimers. */
#include <linux/completion.h>
#include <linux/hrtimer.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/time.h>
#include <linux/timex.h>

int kt_context(void);

static DECLARE_COMPLETION(called);

struct clockwork {
	int ticks;
	int context;
	u64 overruns;
	struct hrtimer timer;
};

static enum hrtimer_restart tick(struct hrtimer *timer)
{
	struct clockwork *c = container_of(timer, struct clockwork, timer);

	c->context = kt_context();
	if (++c->ticks < 3) {
		c->overruns += hrtimer_forward_now(timer, us_to_ktime(100));
		return HRTIMER_RESTART;
	}
	complete(&called);
	return HRTIMER_NORESTART;
}

static int tried;

static enum hrtimer_restart try(struct hrtimer *timer)
{
	tried = hrtimer_try_to_cancel(timer);
	complete(&called);
	return HRTIMER_NORESTART;
}

static void times(void)
{
	struct timespec64 ts, later = { 1, 999999999 };
	ktime_t first = ktime_get(), second;
	cycles_t cycles = get_cycles();
	struct tm tm;

	ktime_get_ts64(&ts);
	second = ktime_get();
	pr_info("ktime_get goes on: %d, and ktime_get_ts64 is of the same clock: %d\n", second >= first,
		timespec64_to_ns(&ts) >= first && timespec64_to_ns(&ts) <= second);
	pr_info("cycles go on: %d\n", get_cycles() > cycles);
	first = ktime_get_real();
	ktime_get_real_ts64(&ts);
	pr_info("the wall clock is later than 2020: %d, in all its forms: %d\n", ts.tv_sec > mktime64(2020, 1, 1, 0, 0, 0),
		timespec64_to_ns(&ts) >= first && ktime_get_real_seconds() >= ts.tv_sec && ktime_get_real_ns() >= first);
	pr_info("boottime is not before monotonic: %d\n", ktime_get_boottime() >= ktime_get() - NSEC_PER_SEC);

	timespec64_add_ns(&later, 2);
	pr_info("1.999999999 s and 2 ns: %lld.%09ld\n", later.tv_sec, later.tv_nsec);
	ts = ns_to_timespec64(-1);
	pr_info("-1 ns: %lld s and %ld ns\n", ts.tv_sec, ts.tv_nsec);
	pr_info("ktime_set(3, 5): %lld, of too much: %d\n", ktime_set(3, 5), ktime_set(KTIME_SEC_MAX, 0) == KTIME_MAX);
	pr_info("ktime_add_safe: %d; ktime_ms_delta: %lld; ktime_divns: %lld; ktime_compare: %d\n",
		ktime_add_safe(KTIME_MAX, 1) == KTIME_MAX, ktime_ms_delta(ms_to_ktime(9), ms_to_ktime(2)),
		ktime_divns(100, 7), ktime_compare(1, 2));
	time64_to_tm(mktime64(2024, 2, 29, 23, 59, 58), 3, &tm);
	pr_info("3 s after 2024-02-29 23:59:58: %ld-%02d-%02d %02d:%02d:%02d, weekday %d, day %d\n", (long)tm.tm_year + 1900,
		tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, tm.tm_wday, tm.tm_yday);
	time64_to_tm(-1, 0, &tm);
	pr_info("1 s before 1970: %ld-%02d-%02d %02d:%02d:%02d, weekday %d, day %d\n", (long)tm.tm_year + 1900,
		tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, tm.tm_wday, tm.tm_yday);
}

static int __init test_init(void)
{
	static struct clockwork clock;
	struct hrtimer *timer = &clock.timer;
	ktime_t span = us_to_ktime(200), begin;
	int first, second;

	times();
	pr_info("sizeof: hrtimer %zu, function at %zu\n", sizeof(*timer), offsetof(struct hrtimer, function));
	hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	timer->function = tick;
	pr_info("an idle hrtimer: active %d, queued %d\n", hrtimer_active(timer), hrtimer_is_queued(timer));
	hrtimer_start(timer, us_to_ktime(100), HRTIMER_MODE_REL);
	wait_for_completion(&called);
	first = hrtimer_cancel(timer);
	pr_info("called %d times, in an interrupt %d, forwarded at least twice %d; hrtimer_cancel: %d\n", clock.ticks,
		clock.context == 4, clock.overruns >= 2, first);

	hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_SOFT);
	timer->function = try;
	hrtimer_start(timer, 0, HRTIMER_MODE_REL_SOFT);
	wait_for_completion(&called);
	hrtimer_cancel(timer);
	pr_info("hrtimer_try_to_cancel while it runs: %d\n", tried);

	begin = ktime_get();
	hrtimer_start(timer, ktime_add(begin, ktime_set(1000, 0)), HRTIMER_MODE_ABS);
	first = hrtimer_get_remaining(timer) > 900 * NSEC_PER_SEC;
	second = hrtimer_get_expires(timer) == begin + ktime_set(1000, 0);
	pr_info("it remains: %d, expires as asked: %d; hrtimer_forward of one that is not due: %llu\n", first, second,
		hrtimer_forward(timer, begin, 1));
	first = hrtimer_is_queued(timer);
	second = hrtimer_cancel(timer);
	pr_info("queued %d; hrtimer_cancel: %d, again: %d\n", first, second, hrtimer_cancel(timer));

	set_current_state(TASK_UNINTERRUPTIBLE);
	begin = ktime_get();
	first = schedule_hrtimeout(&span, HRTIMER_MODE_REL);
	pr_info("schedule_hrtimeout: %d, not early %d\n", first, ktime_get() - begin >= span);
	return 0;
}
module_init(test_init);
MODULE_LICENSE("Dual MIT/GPL");
