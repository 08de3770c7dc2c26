// SPDX-License-Identifier: MIT OR Apache-2.0
/* Units of time and what turns one into another; comparing jiffies, also across their wrap. */
#include "ask.h"
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/time64.h>
#include <linux/timekeeping.h>

/* The edges of what is rounded, of the largest time there is, and of the types. */
static const unsigned int edges[] = {
	0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 99, 100, 250, 999, 1000, 1001, 3999, 4000, 4001, 86400000, INT_MAX - 1, INT_MAX,
	(unsigned int)INT_MAX + 1, UINT_MAX - 1, UINT_MAX,
};

CASE(constants, "HZ MAX_JIFFY_OFFSET MAX_SCHEDULE_TIMEOUT NSEC_PER_SEC TICK_NSEC KTIME_MAX")
{
	answer("HZ=%d TICK_NSEC=%ld", HZ, (long)TICK_NSEC);
	answer("MAX_JIFFY_OFFSET=%lu MAX_SCHEDULE_TIMEOUT=%ld", (unsigned long)MAX_JIFFY_OFFSET, MAX_SCHEDULE_TIMEOUT);
	answer("NSEC_PER_SEC=%ld KTIME_MAX=%lld", (long)NSEC_PER_SEC, (long long)KTIME_MAX);
}

CASE(msecs_to_jiffies, "msecs_to_jiffies")
{
	int i;

	for (i = 0; i < ARRAY_SIZE(edges); i++)
		answer("ms=%u jiffies=%lu", edges[i], msecs_to_jiffies(edges[i]));
	answer("constant=%lu,%lu,%lu,%lu", msecs_to_jiffies(0), msecs_to_jiffies(1), msecs_to_jiffies(1001),
	       msecs_to_jiffies(UINT_MAX));
}

CASE(usecs_to_jiffies, "usecs_to_jiffies")
{
	int i;

	for (i = 0; i < ARRAY_SIZE(edges); i++)
		answer("us=%u jiffies=%lu", edges[i], usecs_to_jiffies(edges[i]));
	answer("constant=%lu,%lu,%lu", usecs_to_jiffies(0), usecs_to_jiffies(1), usecs_to_jiffies(4001));
}

CASE(from_jiffies, "jiffies_to_msecs jiffies_to_usecs jiffies_to_nsecs")
{
	static const unsigned long of[] = { 0, 1, 2, 249, 250, 251, 1000, 1000000, 4294967, 1UL << 31, 1UL << 32 };
	int i;

	for (i = 0; i < ARRAY_SIZE(of); i++)
		answer("jiffies=%lu ms=%u us=%u ns=%llu", of[i], jiffies_to_msecs(of[i]), jiffies_to_usecs(of[i]),
		       (unsigned long long)jiffies_to_nsecs(of[i]));
}

CASE(nsecs_to_jiffies, "nsecs_to_jiffies")
{
	static const u64 of[] = { 0, 1, 3999999, 4000000, 4000001, 1000000000, 1ULL << 40, 1ULL << 62 };
	int i;

	for (i = 0; i < ARRAY_SIZE(of); i++)
		answer("ns=%llu jiffies=%lu", of[i], nsecs_to_jiffies(of[i]));
}

CASE(timespecs, "timespec64_to_jiffies jiffies_to_timespec64 timespec64 timespec64.tv_sec timespec64.tv_nsec")
{
	static const struct timespec64 of[] = { { 0, 0 }, { 0, 1 }, { 0, 4000000 }, { 1, 4000001 }, { 3600, 999999999 } };
	int i;

	for (i = 0; i < ARRAY_SIZE(of); i++) {
		unsigned long j = timespec64_to_jiffies(&of[i]);
		struct timespec64 back;

		jiffies_to_timespec64(j, &back);
		answer("s=%lld ns=%ld jiffies=%lu back=%lld,%ld", (long long)of[i].tv_sec, of[i].tv_nsec, j,
		       (long long)back.tv_sec, back.tv_nsec);
	}
}

CASE(compare, "time_after time_before time_after_eq time_before_eq time_in_range")
{
	static const unsigned long pairs[][2] = {
		{ 0, 0 }, { 1, 0 }, { 0, 1 }, { 0, ULONG_MAX }, { ULONG_MAX, 0 }, { 5, ULONG_MAX - 5 },
		{ 0, LONG_MAX }, { 0, (unsigned long)LONG_MAX + 1 }, { 0, (unsigned long)LONG_MAX + 2 },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(pairs); i++) {
		unsigned long a = pairs[i][0], b = pairs[i][1];

		answer("a=%lu b=%lu after=%d before=%d after_eq=%d before_eq=%d", a, b, time_after(a, b), time_before(a, b),
		       time_after_eq(a, b), time_before_eq(a, b));
	}
	answer("in_range=%d,%d,%d", time_in_range(0UL, ULONG_MAX, 1UL), time_in_range(2UL, ULONG_MAX, 1UL),
	       time_in_range(1UL, 1UL, 1UL));
}

CASE(elapsed, "jiffies time_is_before_jiffies time_is_after_jiffies get_jiffies_64 schedule_timeout_uninterruptible")
{
	unsigned long begin = jiffies;
	u64 begin64 = get_jiffies_64();
	long left = schedule_timeout_uninterruptible(3);

	answer("left=%ld elapsed=%s", left, ask_between(jiffies - begin, 3, 30 * HZ));
	answer("elapsed64=%s", ask_between(get_jiffies_64() - begin64, 3, 30 * HZ));
	answer("begin_is_before=%d hour_is_after=%d", time_is_before_jiffies(begin), time_is_after_jiffies(jiffies + 3600 * HZ));
}

CASE(ktimes, "ktime_set ktime_add ktime_sub ktime_add_ns ktime_sub_ns ktime_add_us ktime_add_ms ktime_compare"
	     " ktime_after ktime_before ktime_to_ns ktime_to_us ktime_to_ms ns_to_ktime ms_to_ktime ktime_us_delta ktime_ms_delta"
	     " ktime_divns")
{
	ktime_t a = ktime_set(3, 500000000), b = ms_to_ktime(1250);

	answer("set=%lld of_ms=%lld", ktime_to_ns(a), ktime_to_ns(b));
	answer("overflow=%lld", ktime_to_ns(ktime_set(LONG_MAX / 1000, 0)));
	answer("add=%lld sub=%lld", ktime_to_ns(ktime_add(a, b)), ktime_to_ns(ktime_sub(b, a)));
	answer("add_ns=%lld sub_ns=%lld add_us=%lld add_ms=%lld", ktime_to_ns(ktime_add_ns(a, 7)),
	       ktime_to_ns(ktime_sub_ns(a, 7)), ktime_to_ns(ktime_add_us(a, 7)), ktime_to_ns(ktime_add_ms(a, 7)));
	answer("compare=%d,%d,%d after=%d before=%d", ktime_compare(a, b), ktime_compare(b, a), ktime_compare(a, a),
	       ktime_after(a, b), ktime_before(a, b));
	answer("us=%lld ms=%lld", ktime_to_us(ktime_set(0, 1999999)), ktime_to_ms(ktime_set(0, 1999999)));
	answer("negative_us=%lld ms=%lld", ktime_to_us(ns_to_ktime(-1999999)), ktime_to_ms(ns_to_ktime(-1999999)));
	answer("delta_us=%lld delta_ms=%lld", ktime_us_delta(a, b), ktime_ms_delta(b, a));
	answer("div=%lld", (long long)ktime_divns(a, 1000000));
}

CASE(clocks, "ktime_get ktime_get_real ktime_get_ts64 ktime_get_real_ns ktime_get_boottime ktime_after")
{
	ktime_t first = ktime_get();
	struct timespec64 ts;
	u64 real = ktime_get_real_ns();
	long waited;

	schedule_timeout_uninterruptible(2);
	waited = ktime_to_us(ktime_sub(ktime_get(), first));
	ktime_get_ts64(&ts);
	answer("forward=%d at_least_a_tick=%d", ktime_after(ktime_get(), first), waited >= 1000000 / HZ);
	answer("real_forward=%d real_ns=%d", ktime_to_ns(ktime_get_real()) > (s64)real, ktime_get_real_ns() > real);
	answer("ts_in_range=%d boottime_not_before=%d", ts.tv_nsec >= 0 && ts.tv_nsec < NSEC_PER_SEC,
	       !ktime_before(ktime_get_boottime(), first));
}

ASK_MODULE(&case_constants, &case_msecs_to_jiffies, &case_usecs_to_jiffies, &case_from_jiffies, &case_nsecs_to_jiffies,
	   &case_timespecs, &case_compare, &case_elapsed, &case_ktimes, &case_clocks);
