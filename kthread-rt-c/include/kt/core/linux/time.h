/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Times and dates. */
#ifndef KT_CORE_LINUX_TIME_H
#define KT_CORE_LINUX_TIME_H

#include <kt/core/linux/jiffies.h>
#include <kt/core/linux/time64.h>
#include <kt/core/linux/timex.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

#ifndef CLOCK_REALTIME
#define CLOCK_REALTIME 0
#define CLOCK_MONOTONIC 1
#define CLOCK_PROCESS_CPUTIME_ID 2
#define CLOCK_THREAD_CPUTIME_ID 3
#define CLOCK_MONOTONIC_RAW 4
#define CLOCK_REALTIME_COARSE 5
#define CLOCK_MONOTONIC_COARSE 6
#define CLOCK_BOOTTIME 7
#define CLOCK_REALTIME_ALARM 8
#define CLOCK_BOOTTIME_ALARM 9
#define CLOCK_TAI 11
#endif

struct timezone;

/* Days from 1970-01-01 to a date of the Gregorian calendar. */
static inline s64 kt_days_to(s64 year, unsigned int month, unsigned int day)
{
	/*
	 * Years begin in March here, so that the leap day is the last; 400 of them have 146097
	 * days.
	 */
	s64 shifted = month <= 2 ? year - 1 : year;
	s64 era = (shifted >= 0 ? shifted : shifted - 399) / 400;
	s64 of_era = shifted - era * 400;
	s64 of_year = (153 * (s64)(month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static inline time64_t mktime64(unsigned int year, unsigned int mon, unsigned int day, unsigned int hour,
				unsigned int min, unsigned int sec)
{
	return ((kt_days_to(year, mon, day) * 24 + hour) * 60 + min) * 60 + sec;
}

/* The date and the time of day `offset` seconds after `totalsecs`, which count from 1970. */
static inline void time64_to_tm(time64_t totalsecs, int offset, struct tm *result)
{
	s64 seconds = totalsecs + offset;
	s64 days = seconds / 86400 - (seconds % 86400 < 0);
	s64 of_day = seconds - days * 86400;
	s64 year = 1970 + days / 365;
	int month = 12;

	while (kt_days_to(year, 1, 1) > days)
		year--;
	while (kt_days_to(year + 1, 1, 1) <= days)
		year++;
	while (kt_days_to(year, (unsigned int)month, 1) > days)
		month--;
	result->tm_sec = (int)(of_day % 60);
	result->tm_min = (int)(of_day / 60 % 60);
	result->tm_hour = (int)(of_day / 3600);
	result->tm_mday = (int)(days - kt_days_to(year, (unsigned int)month, 1)) + 1;
	result->tm_mon = month - 1;
	result->tm_year = (__typeof__(result->tm_year))(year - 1900);
	result->tm_wday = (int)(((days + 4) % 7 + 7) % 7);
	result->tm_yday = (int)(days - kt_days_to(year, 1, 1));
}

#if !KT_SINCE(5, 6)
#define time_to_tm time64_to_tm
#endif

/*
 * A kernel computes in units of 2^-23 jiffies in 64 bits, which limits the seconds; there are no
 * negative ones.
 */
#define KT_MAX_SEC_IN_JIFFIES ((MAX_JIFFY_OFFSET >> 23) / HZ)

static inline unsigned long timespec64_to_jiffies(const struct timespec64 *ts)
{
	u64 sec = (u64)ts->tv_sec;

	if (sec >= KT_MAX_SEC_IN_JIFFIES)
		return KT_MAX_SEC_IN_JIFFIES * HZ;
	return (unsigned long)(sec * HZ + (u64)(ts->tv_nsec + TICK_NSEC - 1) / TICK_NSEC);
}

static inline void jiffies_to_timespec64(unsigned long j, struct timespec64 *ts)
{
	u64 ns = (u64)j * TICK_NSEC;

	ts->tv_sec = (time64_t)(ns / NSEC_PER_SEC);
	ts->tv_nsec = (long)(ns % NSEC_PER_SEC);
}

#include <kt/core/linux/timekeeping.h>
#include <kt/core/linux/time32.h>

#endif
