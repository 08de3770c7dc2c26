/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Clocks. The monotonic clock, the wall clock and the clock since boot are the operating system's.
 */
#ifndef KT_CORE_LINUX_TIMEKEEPING_H
#define KT_CORE_LINUX_TIMEKEEPING_H

#include <kt/core/linux/errno.h>
#include <kt/core/linux/ktime.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

enum tk_offsets { TK_OFFS_REAL, TK_OFFS_BOOT, TK_OFFS_TAI, TK_OFFS_MAX };

KT_BEGIN
ktime_t ktime_get(void);
ktime_t ktime_get_raw(void);
ktime_t ktime_get_with_offset(enum tk_offsets offset);
ktime_t ktime_get_coarse_with_offset(enum tk_offsets offset);
time64_t ktime_get_seconds(void);
#if KT_SINCE(3, 19)
time64_t ktime_get_real_seconds(void);
#endif
u64 ktime_get_mono_fast_ns(void);
u64 ktime_get_raw_fast_ns(void);
u64 ktime_get_boot_fast_ns(void);
u64 ktime_get_real_fast_ns(void);
#if KT_SINCE(3, 17)
void ktime_get_ts64(struct timespec64 *ts);
void ktime_get_real_ts64(struct timespec64 *ts);
#endif
void ktime_get_raw_ts64(struct timespec64 *ts);
#if KT_SINCE(4, 18)
void ktime_get_coarse_ts64(struct timespec64 *ts);
#endif
void ktime_get_coarse_real_ts64(struct timespec64 *ts);
u32 ktime_get_resolution_ns(void);
KT_END

static inline ktime_t ktime_get_real(void)
{
	return ktime_get_with_offset(TK_OFFS_REAL);
}

static inline ktime_t ktime_get_boottime(void)
{
	return ktime_get_with_offset(TK_OFFS_BOOT);
}

static inline ktime_t ktime_get_clocktai(void)
{
	return ktime_get_with_offset(TK_OFFS_TAI);
}

static inline ktime_t ktime_get_coarse(void)
{
	return ktime_get();
}

static inline ktime_t ktime_get_coarse_real(void)
{
	return ktime_get_coarse_with_offset(TK_OFFS_REAL);
}

static inline ktime_t ktime_get_coarse_boottime(void)
{
	return ktime_get_coarse_with_offset(TK_OFFS_BOOT);
}

#if KT_SINCE(3, 17)
static inline u64 ktime_get_ns(void)
{
	return (u64)__kt_ns(ktime_get());
}
#endif

static inline u64 ktime_get_coarse_ns(void)
{
	return (u64)__kt_ns(ktime_get());
}

#if KT_SINCE(3, 17)
static inline u64 ktime_get_real_ns(void)
{
	return (u64)__kt_ns(ktime_get_real());
}
#endif

#if KT_SINCE(5, 3)
static inline u64 ktime_get_boottime_ns(void)
{
	return (u64)__kt_ns(ktime_get_boottime());
}
#endif

static inline u64 ktime_get_clocktai_ns(void)
{
	return (u64)__kt_ns(ktime_get_clocktai());
}

static inline u64 ktime_get_raw_ns(void)
{
	return (u64)__kt_ns(ktime_get_raw());
}

static inline time64_t ktime_get_boottime_seconds(void)
{
	return __kt_ns(ktime_get_boottime()) / NSEC_PER_SEC;
}

static inline void ktime_get_boottime_ts64(struct timespec64 *ts)
{
	*ts = ns_to_timespec64(__kt_ns(ktime_get_boottime()));
}

/* When the system was started. */
static inline void getboottime64(struct timespec64 *ts)
{
	*ts = ns_to_timespec64(__kt_ns(ktime_sub(ktime_get_real(), ktime_get_boottime())));
}

static inline ktime_t ktime_mono_to_any(ktime_t mono, enum tk_offsets offset)
{
	return ktime_add(mono, ktime_sub(ktime_get_with_offset(offset), ktime_get()));
}

static inline ktime_t ktime_mono_to_real(ktime_t mono)
{
	return ktime_mono_to_any(mono, TK_OFFS_REAL);
}

/* The names before 5.0 and 5.6. */
#if !KT_SINCE(5, 0)
static inline void do_gettimeofday(struct timeval *tv)
{
	s64 now = __kt_ns(ktime_get_real());

	tv->tv_sec = (time_t)(now / NSEC_PER_SEC);
	tv->tv_usec = (long)(now % NSEC_PER_SEC / NSEC_PER_USEC);
}

static inline struct timespec64 current_kernel_time64(void)
{
	return ns_to_timespec64(__kt_ns(ktime_get_real()));
}

static inline int do_settimeofday64(const struct timespec64 *ts)
{
	(void)ts;
	return -EPERM;
}

#define getnstimeofday64 ktime_get_real_ts64
#define get_monotonic_boottime64 ktime_get_boottime_ts64
#if KT_SINCE(3, 17) && !KT_SINCE(5, 3)
#define ktime_get_boot_ns ktime_get_boottime_ns
#endif
#define ktime_get_tai_ns ktime_get_clocktai_ns
#endif
#if !KT_SINCE(5, 6)
static inline struct timespec kt_timespec(s64 ns)
{
	struct timespec64 normal = ns_to_timespec64(ns);
	struct timespec ts = { (time_t)normal.tv_sec, normal.tv_nsec };

	return ts;
}

static inline struct timeval kt_timeval(s64 ns)
{
	struct timespec64 normal = ns_to_timespec64(ns);
	struct timeval tv = { (time_t)normal.tv_sec, normal.tv_nsec / NSEC_PER_USEC };

	return tv;
}

static inline void getnstimeofday(struct timespec *ts)
{
	*ts = kt_timespec(__kt_ns(ktime_get_real()));
}

static inline void ktime_get_ts(struct timespec *ts)
{
	*ts = kt_timespec(__kt_ns(ktime_get()));
}

static inline void ktime_get_real_ts(struct timespec *ts)
{
	*ts = kt_timespec(__kt_ns(ktime_get_real()));
}

#if !KT_SINCE(5, 0)
static inline void getrawmonotonic(struct timespec *ts)
{
	*ts = kt_timespec(__kt_ns(ktime_get_raw()));
}
#endif

#if !KT_SINCE(5, 3)
static inline void get_monotonic_boottime(struct timespec *ts)
{
	*ts = kt_timespec(__kt_ns(ktime_get_boottime()));
}
#endif

static inline s64 timespec_to_ns(const struct timespec *ts)
{
	return (s64)ts->tv_sec * NSEC_PER_SEC + ts->tv_nsec;
}

static inline s64 timeval_to_ns(const struct timeval *tv)
{
	return (s64)tv->tv_sec * NSEC_PER_SEC + (s64)tv->tv_usec * NSEC_PER_USEC;
}

static inline struct timespec timespec_sub(struct timespec a, struct timespec b)
{
	return kt_timespec(timespec_to_ns(&a) - timespec_to_ns(&b));
}

#if !KT_SINCE(5, 0)
static inline struct timespec current_kernel_time(void)
{
	return kt_timespec(__kt_ns(ktime_get_real()));
}
#endif
#if !KT_SINCE(5, 1)
static inline unsigned long get_seconds(void)
{
	return (unsigned long)(__kt_ns(ktime_get_real()) / NSEC_PER_SEC);
}
#endif
#define ns_to_timespec kt_timespec
#define ns_to_timeval kt_timeval
#define ktime_to_timespec(time) kt_timespec(__kt_ns(time))
#define ktime_to_timeval(time) kt_timeval(__kt_ns(time))

static inline ktime_t timespec_to_ktime(struct timespec ts)
{
	return ktime_set(ts.tv_sec, (unsigned long)ts.tv_nsec);
}

static inline ktime_t timeval_to_ktime(struct timeval tv)
{
	return ktime_set(tv.tv_sec, (unsigned long)tv.tv_usec * NSEC_PER_USEC);
}
#endif

#endif
