/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Times in struct timespec and struct timeval, as before 5.6. */
#ifndef KT_CORE_LINUX_TIME32_H
#define KT_CORE_LINUX_TIME32_H

#include <kt/core/linux/time.h>
#include <kt/core/linux/timekeeping.h>
#include <kt/core/linux/version.h>

#if !KT_SINCE(5, 6)
#ifndef TIME_T_MAX
#define TIME_T_MAX ((time_t)(~0UL >> 1))
#endif

static inline struct timespec64 timespec_to_timespec64(const struct timespec ts)
{
	struct timespec64 same = { ts.tv_sec, ts.tv_nsec };

	return same;
}

static inline struct timespec timespec64_to_timespec(const struct timespec64 ts)
{
	struct timespec same = { (time_t)ts.tv_sec, ts.tv_nsec };

	return same;
}

static inline int timespec_equal(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static inline int timespec_compare(const struct timespec *a, const struct timespec *b)
{
	struct timespec64 x = timespec_to_timespec64(*a), y = timespec_to_timespec64(*b);

	return timespec64_compare(&x, &y);
}

static inline bool timespec_valid(const struct timespec *ts)
{
	struct timespec64 same = timespec_to_timespec64(*ts);

	return timespec64_valid(&same);
}

static inline void set_normalized_timespec(struct timespec *ts, time_t sec, s64 nsec)
{
	struct timespec64 made;

	set_normalized_timespec64(&made, sec, nsec);
	*ts = timespec64_to_timespec(made);
}

static inline struct timespec timespec_add(struct timespec a, struct timespec b)
{
	return timespec64_to_timespec(timespec64_add(timespec_to_timespec64(a), timespec_to_timespec64(b)));
}

static inline void timespec_add_ns(struct timespec *ts, u64 ns)
{
	struct timespec64 sum = timespec_to_timespec64(*ts);

	timespec64_add_ns(&sum, ns);
	*ts = timespec64_to_timespec(sum);
}

static inline int timeval_compare(const struct timeval *a, const struct timeval *b)
{
	if (a->tv_sec != b->tv_sec)
		return a->tv_sec < b->tv_sec ? -1 : 1;
	return (int)(a->tv_usec - b->tv_usec);
}

static inline bool timeval_valid(const struct timeval *tv)
{
	return tv->tv_sec >= 0 && tv->tv_usec >= 0 && tv->tv_usec < USEC_PER_SEC;
}

static inline unsigned long timespec_to_jiffies(const struct timespec *ts)
{
	struct timespec64 same = timespec_to_timespec64(*ts);

	return timespec64_to_jiffies(&same);
}

static inline void jiffies_to_timespec(const unsigned long j, struct timespec *ts)
{
	*ts = ns_to_timespec((s64)j * TICK_NSEC);
}

static inline unsigned long timeval_to_jiffies(const struct timeval *tv)
{
	struct timespec64 same = { .tv_sec = tv->tv_sec, .tv_nsec = tv->tv_usec * NSEC_PER_USEC };

	return timespec64_to_jiffies(&same);
}

static inline void jiffies_to_timeval(const unsigned long j, struct timeval *tv)
{
	struct timespec64 same;

	jiffies_to_timespec64(j, &same);
	tv->tv_sec = same.tv_sec;
	tv->tv_usec = same.tv_nsec / NSEC_PER_USEC;
}

/* The C library has a function of this name. */
static inline unsigned long kt_mktime(unsigned int year, unsigned int mon, unsigned int day, unsigned int hour,
				      unsigned int min, unsigned int sec)
{
	return (unsigned long)mktime64(year, mon, day, hour, min, sec);
}
#define mktime kt_mktime

static inline void getboottime(struct timespec *ts)
{
	struct timespec64 same;

	getboottime64(&same);
	*ts = timespec64_to_timespec(same);
}

static inline struct timespec get_monotonic_coarse(void)
{
	return ns_to_timespec(__kt_ns(ktime_get()));
}

/* The operating system's clock. */
static inline int do_settimeofday(const struct timespec *ts)
{
	return timespec_valid(ts) ? -EPERM : -EINVAL;
}

#if !KT_SINCE(3, 17)
#define do_posix_clock_monotonic_gettime ktime_get_ts
#endif
#endif

#endif
