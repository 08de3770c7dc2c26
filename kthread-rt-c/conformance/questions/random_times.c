// SPDX-License-Identifier: MIT OR Apache-2.0
/* Conversions of random times and dates, and divisions of random numbers. */
#include "random.h"
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/time.h>
#include <linux/time64.h>
#include <linux/timekeeping.h>

CASE(jiffies, "msecs_to_jiffies usecs_to_jiffies nsecs_to_jiffies jiffies_to_msecs jiffies_to_usecs"
	      " jiffies64_to_nsecs jiffies_to_clock_t clock_t_to_jiffies timespec64_to_jiffies jiffies_to_timespec64")
{
	unsigned int round;

	for (round = 0; round < 60; round++) {
		struct timespec64 span, back;
		u64 value;

		random_begin(round);
		value = random_sized();
		answer("%u value=%llu of_ms=%lu of_us=%lu of_ns=%lu ms=%u us=%u ns=%llu clock_t=%lld of_clock_t=%lu", round, value,
		       msecs_to_jiffies(value), usecs_to_jiffies(value), nsecs_to_jiffies(value), jiffies_to_msecs(value),
		       jiffies_to_usecs(value), jiffies64_to_nsecs(value), (long long)jiffies_to_clock_t(value),
		       clock_t_to_jiffies(value));
		span.tv_sec = random_sized() >> 1;
		span.tv_nsec = random_below(NSEC_PER_SEC);
		jiffies_to_timespec64(value >> 10, &back);
		answer("%u sec=%lld nsec=%ld jiffies=%lu back=%lld.%09ld", round, (long long)span.tv_sec, span.tv_nsec,
		       timespec64_to_jiffies(&span), (long long)back.tv_sec, back.tv_nsec);
	}
}

CASE(order, "time_after time_before time_after_eq time_in_range")
{
	unsigned int round;

	for (round = 0; round < 30; round++) {
		unsigned long a, b, c;

		random_begin(round);
		a = random_below(2) ? random_64() : random_below(3);
		b = a + (long)(random_sized() * (random_below(2) ? 1 : -1));
		c = b + (long)random_sized();
		answer("%u a=%lu b=%lu c=%lu after=%d before=%d eq=%d range=%d open=%d", round, a, b, c, time_after(a, b),
		       time_before(a, b), time_after_eq(a, b), time_in_range(a, b, c), time_in_range_open(a, b, c));
	}
}

CASE(dates, "time64_to_tm mktime64 timespec64_sub set_normalized_timespec64 ns_to_timespec64 ktime_add_safe"
	    " timespec64_valid")
{
	unsigned int round;

	for (round = 0; round < 50; round++) {
		struct timespec64 a, b, c;
		struct tm tm;
		time64_t seconds;
		s64 ns;

		random_begin(round);
		seconds = (s64)(random_sized() >> 20) * (random_below(2) ? 1 : -1);
		time64_to_tm(seconds, (int)random_below(7200) - 3600, &tm);
		answer("%u seconds=%lld date=%ld-%d-%d %d:%d:%d wday=%d yday=%d", round, (long long)seconds, tm.tm_year, tm.tm_mon,
		       tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, tm.tm_wday, tm.tm_yday);
		answer("%u mktime=%lld", round,
		       (long long)mktime64(1970 + random_below(200), 1 + random_below(12), 1 + random_below(28), random_below(24),
					   random_below(60), random_below(60)));
		ns = (s64)random_sized() * (random_below(2) ? 1 : -1);
		a = ns_to_timespec64(ns);
		b = ns_to_timespec64((s64)(random_sized() >> 2));
		c = timespec64_sub(a, b);
		answer("%u ns=%lld is=%lld.%09ld sub=%lld.%09ld valid=%d compare=%d", round, ns, (long long)a.tv_sec, a.tv_nsec,
		       (long long)c.tv_sec, c.tv_nsec, timespec64_valid(&c), timespec64_compare(&a, &b));
		set_normalized_timespec64(&c, 5, ns >> 3);
		answer("%u normalized=%lld.%09ld safe=%lld ms=%lld us=%lld", round, (long long)c.tv_sec, c.tv_nsec,
		       (long long)ktime_add_safe(ns, (s64)random_sized()), ktime_to_ms(ns), ktime_to_us(ns));
	}
}

CASE(divided, "div_u64 div_s64 div_u64_rem div64_u64_rem div64_s64 mul_u64_u32_shr mul_u64_u64_shr mul_u64_u64_div_u64"
	      " DIV_ROUND_UP_ULL DIV_ROUND_CLOSEST_ULL roundup rounddown round_up round_down int_sqrt")
{
	unsigned int round;

	for (round = 0; round < 50; round++) {
		u64 a, b, c, rem64;
		u32 d, rem;

		random_begin(round);
		a = random_sized();
		b = random_sized() | 1;
		c = b | (a >> 1) | 1;
		d = (u32)random_sized() | 1;
		div_u64_rem(a, d, &rem);
		div64_u64_rem(a, b, &rem64);
		answer("%u a=%llu b=%llu d=%u div=%llu rem=%u rem64=%llu s=%lld,%lld shr32=%llu shr64=%llu of=%llu", round, a, b, d,
		       div_u64(a, d), rem, rem64, div_s64((s64)a, (s32)d | 1), div64_s64((s64)a, (s64)b),
		       mul_u64_u32_shr(a, d, random_of(0, 10, 32)), mul_u64_u64_shr(a, b, random_of(0, 32, 64)),
		       mul_u64_u64_div_u64(a >> 1, b, c));
		answer("%u sqrt=%lu up=%lu down=%lu pow_up=%lu pow_down=%lu closest=%llu ceil=%llu", round, int_sqrt(a),
		       roundup((unsigned long)(a >> 34), (unsigned long)d), rounddown((unsigned long)a, (unsigned long)d),
		       round_up((unsigned long)(a >> 8), 64UL), round_down((unsigned long)a, 4096UL),
		       DIV_ROUND_CLOSEST_ULL(a >> 2, d), DIV_ROUND_UP_ULL(a >> 2, d));
	}
}

ASK_MODULE(&case_jiffies, &case_order, &case_dates, &case_divided);
