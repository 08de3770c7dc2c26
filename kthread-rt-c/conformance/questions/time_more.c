// SPDX-License-Identifier: MIT OR Apache-2.0
/* Times: sums that do not overflow, and conversions of 64 bits. */
#include "ask.h"
#include <linux/ktime.h>
#include <linux/time64.h>
#include <linux/timer.h>

CASE(sums, "ktime_add_safe KTIME_MAX ktime_t")
{
	volatile s64 large = KTIME_MAX, some = 5;

	answer("safe=%lld,%lld,%lld", ktime_add_safe(large, some), ktime_add_safe(some, some), ktime_add_safe(large, large));
	answer("negative=%lld,%lld", ktime_add_safe(-some, some), ktime_add_safe(-some, -some));
	answer("zero=%lld size=%zu signed=%d", ktime_add_safe(large, 0), sizeof(ktime_t), (ktime_t)-1 < 0);
}

CASE(timespecs, "ktime_to_timespec64 timespec64_to_ktime timespec64 timespec64_to_ns timespec64_valid"
		" set_normalized_timespec64 timespec64_add timespec64_sub timespec64_compare timespec64_equal")
{
	static const s64 values[] = { 0, 1, 999999999, 1000000000, -1, -1000000000, -1500000000, 123456789012345ll };
	struct timespec64 a = { 1, 900000000 }, b = { 2, 200000000 }, sum, difference, normal;
	int i;

	for (i = 0; i < ARRAY_SIZE(values); i++) {
		struct timespec64 ts = ktime_to_timespec64(values[i]);

		answer("ns=%lld sec=%lld nsec=%ld back=%d", values[i], (long long)ts.tv_sec, ts.tv_nsec, timespec64_to_ktime(ts) == values[i]);
	}
	sum = timespec64_add(a, b);
	difference = timespec64_sub(a, b);
	answer("sum=%lld.%09ld difference=%lld.%09ld", (long long)sum.tv_sec, sum.tv_nsec, (long long)difference.tv_sec,
	       difference.tv_nsec);
	set_normalized_timespec64(&normal, 3, 2500000000ll);
	answer("normal=%lld.%09ld", (long long)normal.tv_sec, normal.tv_nsec);
	set_normalized_timespec64(&normal, 3, -1);
	answer("normal=%lld.%09ld ns=%lld", (long long)normal.tv_sec, normal.tv_nsec, timespec64_to_ns(&normal));
	answer("valid=%d,%d,%d compare=%d,%d equal=%d,%d", timespec64_valid(&a), timespec64_valid(&(struct timespec64){ -1, 0 }),
	       timespec64_valid(&(struct timespec64){ 1, 1000000000 }), timespec64_compare(&a, &b) < 0, timespec64_compare(&b, &a) > 0,
	       timespec64_equal(&a, &a), timespec64_equal(&a, &b));
}

CASE(jiffies, "nsecs_to_jiffies64 time_after64 time_before64 time_after_eq64 time_before_eq64 time_in_range64 INITIAL_JIFFIES")
{
	volatile u64 now = 1000, later = 1001, wrapped = U64_MAX;

	answer("nsecs=%llu,%llu,%llu,%llu", nsecs_to_jiffies64(0), nsecs_to_jiffies64(3999999), nsecs_to_jiffies64(4000000),
	       nsecs_to_jiffies64(3600000000000ull));
	answer("after=%d,%d,%d before=%d,%d", time_after64(later, now), time_after64(now, now), time_after64(now, wrapped),
	       time_before64(now, later), time_before64(wrapped, now));
	answer("eq=%d,%d range=%d,%d", time_after_eq64(now, now), time_before_eq64(later, now), time_in_range64(now, now, later),
	       time_in_range64(wrapped, now, later));
	answer("initial=%lx", INITIAL_JIFFIES);
}

static void does_nothing(struct timer_list *timer)
{
}

/* Which flags a timer has that was armed for a cpu. */
CASE(armed_on, "add_timer_on add_timer timer_list.flags TIMER_PINNED timer_list mod_timer")
{
	struct timer_list timer;
	int mod, deleted;

	timer_setup_on_stack(&timer, does_nothing, 0);
	timer.expires = jiffies + 3600 * HZ;
	add_timer_on(&timer, 0);
	answer("on pending=%d cpu=%u", timer_pending(&timer), timer.flags & TIMER_CPUMASK);
	answer("on pinned=%d", !!(timer.flags & TIMER_PINNED));
	timer_delete_sync(&timer);
	timer.expires = jiffies + 3600 * HZ;
	add_timer(&timer);
	answer("add pending=%d", timer_pending(&timer));
	mod = mod_timer(&timer, jiffies + 7200 * HZ);
	deleted = timer_delete_sync(&timer);
	answer("mod=%d delete=%d", mod, deleted);
	destroy_timer_on_stack(&timer);
}

ASK_MODULE(&case_sums, &case_timespecs, &case_jiffies, &case_armed_on);
