/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Times and spans in nanoseconds. */
#ifndef KT_CORE_LINUX_KTIME_H
#define KT_CORE_LINUX_KTIME_H

#include <kt/core/linux/jiffies.h>
#include <kt/core/linux/time64.h>
#include <kt/core/linux/types.h>

static inline ktime_t ktime_set(const s64 secs, const unsigned long nsecs)
{
	return __kt_time(secs >= KTIME_SEC_MAX ? KTIME_MAX : secs * NSEC_PER_SEC + (s64)nsecs);
}

/* These wrap, as unsigned numbers do. */
#define ktime_add(a, b) __kt_time((u64)__kt_ns(a) + (u64)__kt_ns(b))
#define ktime_sub(a, b) __kt_time((u64)__kt_ns(a) - (u64)__kt_ns(b))
#define ktime_add_unsafe(a, b) ktime_add(a, b)
#define ktime_add_ns(time, ns) __kt_time((u64)__kt_ns(time) + (u64)(ns))
#define ktime_sub_ns(time, ns) __kt_time((u64)__kt_ns(time) - (u64)(ns))

static inline s64 ktime_to_ns(const ktime_t time)
{
	return __kt_ns(time);
}

#define ktime_to_timespec64(time) ns_to_timespec64(__kt_ns(time))

static inline ktime_t ktime_add_safe(const ktime_t a, const ktime_t b)
{
	s64 sum = __kt_ns(ktime_add(a, b));

	return __kt_time(sum < 0 || sum < __kt_ns(a) || sum < __kt_ns(b) ? KTIME_MAX : sum);
}

static inline ktime_t ns_to_ktime(u64 ns)
{
	return __kt_time(ns);
}

static inline ktime_t us_to_ktime(u64 us)
{
	return __kt_time(us * (u64)NSEC_PER_USEC);
}

static inline ktime_t ms_to_ktime(u64 ms)
{
	return __kt_time(ms * (u64)NSEC_PER_MSEC);
}

static inline ktime_t timespec64_to_ktime(struct timespec64 ts)
{
	return ktime_set(ts.tv_sec, (unsigned long)ts.tv_nsec);
}

/* If `kt` is not 0, stores it in `ts` and returns true. */
static inline bool ktime_to_timespec64_cond(const ktime_t time, struct timespec64 *ts)
{
	if (!__kt_ns(time))
		return false;
	*ts = ktime_to_timespec64(time);
	return true;
}

static inline s64 ktime_divns(const ktime_t time, s64 divisor)
{
	return divisor ? __kt_ns(time) / divisor : 0;
}

static inline s64 ktime_to_us(const ktime_t time)
{
	return __kt_ns(time) / NSEC_PER_USEC;
}

static inline s64 ktime_to_ms(const ktime_t time)
{
	return __kt_ns(time) / NSEC_PER_MSEC;
}

static inline int ktime_compare(const ktime_t a, const ktime_t b)
{
	return __kt_ns(a) < __kt_ns(b) ? -1 : __kt_ns(a) > __kt_ns(b);
}

static inline bool ktime_after(const ktime_t a, const ktime_t b)
{
	return __kt_ns(a) > __kt_ns(b);
}

static inline bool ktime_before(const ktime_t a, const ktime_t b)
{
	return __kt_ns(a) < __kt_ns(b);
}

static inline ktime_t ktime_add_us(const ktime_t time, const u64 us)
{
	return ktime_add(time, us_to_ktime(us));
}

static inline ktime_t ktime_sub_us(const ktime_t time, const u64 us)
{
	return ktime_sub(time, us_to_ktime(us));
}

static inline ktime_t ktime_add_ms(const ktime_t time, const u64 ms)
{
	return ktime_add(time, ms_to_ktime(ms));
}

static inline ktime_t ktime_sub_ms(const ktime_t time, const u64 ms)
{
	return ktime_sub(time, ms_to_ktime(ms));
}

static inline s64 ktime_us_delta(const ktime_t later, const ktime_t earlier)
{
	return ktime_to_us(ktime_sub(later, earlier));
}

static inline s64 ktime_ms_delta(const ktime_t later, const ktime_t earlier)
{
	return ktime_to_ms(ktime_sub(later, earlier));
}

#include <kt/core/linux/timekeeping.h>

#endif
