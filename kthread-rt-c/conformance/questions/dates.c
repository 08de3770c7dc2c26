// SPDX-License-Identifier: MIT OR Apache-2.0
/* Times as seconds and nanoseconds, and as dates. */
#include "ask.h"
#include <linux/ktime.h>
#include <linux/time.h>
#include <linux/time64.h>
#include <linux/timekeeping.h>

static struct timespec64 ts(s64 seconds, long nanoseconds)
{
	return (struct timespec64){ .tv_sec = seconds, .tv_nsec = nanoseconds };
}

#define SHOWN(name, time) \
	do { \
		struct timespec64 shown = time; \
		answer(name "=%lld.%ld", (s64)shown.tv_sec, shown.tv_nsec); \
	} while (0)

CASE(arithmetic, "timespec64_add timespec64_sub timespec64_add_ns set_normalized_timespec64 timespec64_equal"
		 " timespec64_compare timespec64_valid timespec64 timespec64.tv_sec timespec64.tv_nsec")
{
	struct timespec64 at = ts(5, 600000000), other = ts(3, 700000000), x = at;

	SHOWN("add", timespec64_add(at, other));
	SHOWN("sub", timespec64_sub(at, other));
	SHOWN("negative", timespec64_sub(other, at));
	timespec64_add_ns(&x, 2500000000ull);
	SHOWN("add_ns", x);
	set_normalized_timespec64(&x, 7, -1);
	SHOWN("normalized", x);
	set_normalized_timespec64(&x, -7, 2999999999ll);
	SHOWN("normalized", x);
	answer("equal=%d,%d compare=%d,%d,%d", timespec64_equal(&at, &at), timespec64_equal(&at, &other),
	       timespec64_compare(&at, &other) > 0, timespec64_compare(&other, &at) < 0, timespec64_compare(&at, &at));
	x = ts(1, 1000000000);
	other = ts(-1, 0);
	answer("valid=%d,%d,%d", timespec64_valid(&at), timespec64_valid(&x), timespec64_valid(&other));
}

CASE(nanoseconds, "timespec64_to_ns ns_to_timespec64 KTIME_MAX KTIME_SEC_MAX TIME64_MAX")
{
	struct timespec64 at = ts(5, 6), minus = ts(-5, 6), far = ts(KTIME_SEC_MAX, 0), past = ts(-KTIME_SEC_MAX - 5, 0);

	answer("to=%lld,%lld far=%lld past=%lld", timespec64_to_ns(&at), timespec64_to_ns(&minus), timespec64_to_ns(&far),
	       timespec64_to_ns(&past));
	SHOWN("from", ns_to_timespec64(5000000006ll));
	SHOWN("from", ns_to_timespec64(-1));
	SHOWN("from", ns_to_timespec64(-5000000000ll));
	SHOWN("from", ns_to_timespec64(KTIME_MAX));
	answer("limits=%lld,%lld,%lld", (s64)KTIME_MAX, (s64)KTIME_SEC_MAX, (s64)TIME64_MAX);
}

CASE(dates, "mktime64 time64_to_tm tm.tm_year tm.tm_mon tm.tm_mday tm.tm_hour tm.tm_min tm.tm_sec tm.tm_wday tm.tm_yday")
{
	static const s64 seconds[] = { 0, 951782399, 951782400, 1700000000, 4102444800ll, -1, -2208988800ll, 253402300800ll };
	struct tm tm;
	int i;

	for (i = 0; i < ARRAY_SIZE(seconds); i++) {
		time64_to_tm(seconds[i], 0, &tm);
		answer("seconds=%lld date=%ld-%d-%d %d:%d:%d wday=%d yday=%d", seconds[i], (long)tm.tm_year, tm.tm_mon, tm.tm_mday,
		       tm.tm_hour, tm.tm_min, tm.tm_sec, tm.tm_wday, tm.tm_yday);
	}
	time64_to_tm(3600, -7200, &tm);
	answer("offset date=%ld-%d-%d %d:%d", (long)tm.tm_year, tm.tm_mon, tm.tm_mday, tm.tm_hour, tm.tm_min);
	answer("mktime=%lld,%lld,%lld", (s64)mktime64(1970, 1, 1, 0, 0, 0), (s64)mktime64(2000, 2, 29, 12, 30, 15),
	       (s64)mktime64(2100, 12, 31, 24, 0, 60));
}

CASE(clocks, "ktime_get_real_seconds ktime_get_seconds ktime_get_real_ts64 ktime_get_ts64 ktime_get_coarse_real_ts64"
	     " ktime_get_boottime_ts64 ktime_get_real ktime_get_real_ns ktime_get_ns ktime_get ktime_get_boottime"
	     " ktime_get_boottime_ns ktime_get_raw ktime_get_coarse")
{
	struct timespec64 real, monotonic, coarse, boot;
	s64 seconds = ktime_get_real_seconds(), before = ktime_get_ns(), since_boot = ktime_get_seconds();
	s64 ticked = ktime_to_ns(ktime_get_coarse()), raw = ktime_to_ns(ktime_get_raw()), after, real_after, boot_after;

	ktime_get_coarse_real_ts64(&coarse);
	ktime_get_real_ts64(&real);
	ktime_get_ts64(&monotonic);
	ktime_get_boottime_ts64(&boot);
	after = ktime_to_ns(ktime_get());
	real_after = ktime_to_ns(ktime_get_real());
	boot_after = ktime_to_ns(ktime_get_boottime());
	answer("valid=%d,%d,%d,%d", timespec64_valid(&real), timespec64_valid(&monotonic), timespec64_valid(&coarse),
	       timespec64_valid(&boot));
	answer("seconds_not_later=%d,%d coarse_not_later=%d,%d raw=%d", seconds <= real.tv_sec,
	       since_boot * NSEC_PER_SEC <= timespec64_to_ns(&monotonic), timespec64_compare(&coarse, &real) <= 0,
	       ticked <= timespec64_to_ns(&monotonic), raw > 0);
	answer("in_order=%d,%d,%d,%d", before <= timespec64_to_ns(&monotonic), timespec64_to_ns(&monotonic) <= after,
	       timespec64_to_ns(&real) <= real_after, timespec64_to_ns(&boot) <= boot_after);
	answer("as_numbers=%d,%d", (s64)ktime_get_real_ns() >= real_after, (s64)ktime_get_boottime_ns() >= boot_after);
}

CASE(units, "NSEC_PER_SEC USEC_PER_SEC MSEC_PER_SEC NSEC_PER_MSEC NSEC_PER_USEC USEC_PER_MSEC PSEC_PER_SEC FSEC_PER_SEC")
{
	answer("ns=%ld,%ld,%ld us=%ld,%ld ms=%ld ps=%lld fs=%lld", NSEC_PER_SEC, NSEC_PER_MSEC, NSEC_PER_USEC, USEC_PER_SEC,
	       USEC_PER_MSEC, MSEC_PER_SEC, PSEC_PER_SEC, FSEC_PER_SEC);
}

ASK_MODULE(&case_arithmetic, &case_nanoseconds, &case_dates, &case_clocks, &case_units);
