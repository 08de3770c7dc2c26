/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Time in ticks of 4 ms. */
#ifndef KT_CORE_LINUX_JIFFIES_H
#define KT_CORE_LINUX_JIFFIES_H

#include <kt/core/linux/types.h>

#define HZ 250
#define USER_HZ 100
#define TICK_NSEC (1000000000L / HZ)
#define MAX_JIFFY_OFFSET ((__LONG_MAX__ >> 1) - 1)
#define INITIAL_JIFFIES ((unsigned long)(unsigned int)(-300 * HZ))

KT_BEGIN
unsigned long kt_jiffies(void);
void kt_refresh_jiffies(void);
unsigned long volatile *kt_jiffies_word(void);
void kt_begin_jiffies(void);
unsigned long msecs_to_jiffies(unsigned int ms) __asm__("kt_msecs_to_jiffies");
unsigned long usecs_to_jiffies(unsigned int us) __asm__("kt_usecs_to_jiffies");
unsigned long nsecs_to_jiffies(u64 ns);
unsigned int jiffies_to_msecs(unsigned long j);
unsigned int jiffies_to_usecs(unsigned long j);
KT_END

/*
 * In a module `jiffies` is a variable, as in a kernel, so its name can be used for fields and
 * parameters. It is up to date when a task starts and when it wakes from a sleep. The comparisons
 * below update it first. For other loops and long computations, a thread of the runtime counts
 * ticks while code runs.
 *
 * In a program, whose threads may also sleep in the C library, it is an expression that reads the
 * clock. A program that needs the name for its fields defines KT_JIFFIES_VARIABLE, and gets the
 * variable.
 */
#if __STDC_HOSTED__ && !defined(KT_JIFFIES_VARIABLE)
#define jiffies (*kt_jiffies_word())
#define jiffies_64 (*(u64 *)kt_jiffies_word())
#define __kt_jiffies_now() ((void)0)
#else
KT_BEGIN
extern unsigned long volatile jiffies;
extern u64 jiffies_64 __asm__("jiffies");
KT_END
#define __kt_jiffies_now() kt_refresh_jiffies()
/*
 * A loader starts the ticks for a module that names the variable; the runtime's own code needs
 * none.
 */
#if !defined(MODULE) && !defined(KT_RUNTIME)
static void __attribute__((__constructor__, __unused__)) __kt_begin_jiffies(void)
{
	kt_begin_jiffies();
}
#endif
#endif

#define secs_to_jiffies(s) ((unsigned long)(s) * HZ)

static inline u64 get_jiffies_64(void)
{
	return kt_jiffies();
}

/* Converts by microseconds, truncated to 32 bits. */
static inline u64 jiffies_to_nsecs(unsigned long j)
{
	return (u64)jiffies_to_usecs(j) * 1000;
}

static inline u64 jiffies64_to_nsecs(u64 j)
{
	return j * TICK_NSEC;
}

static inline u64 jiffies64_to_msecs(u64 j)
{
	return j * (1000 / HZ);
}

static inline u64 nsecs_to_jiffies64(u64 ns)
{
	return ns / TICK_NSEC;
}

static inline unsigned int jiffies_delta_to_msecs(long delta)
{
	return jiffies_to_msecs(delta > 0 ? (unsigned long)delta : 0UL);
}

/* Ticks of USER_HZ, as in times(2) and /proc: rounded down. */
static inline u64 jiffies_64_to_clock_t(u64 j)
{
	return j * TICK_NSEC / (1000000000L / USER_HZ);
}

static inline long jiffies_to_clock_t(unsigned long j)
{
	return (long)jiffies_64_to_clock_t(j);
}

static inline long jiffies_delta_to_clock_t(long delta)
{
	return jiffies_to_clock_t(delta > 0 ? (unsigned long)delta : 0UL);
}

static inline u64 nsec_to_clock_t(u64 ns)
{
	return ns / (1000000000L / USER_HZ);
}

/* A time that is too long becomes the longest. */
static inline unsigned long clock_t_to_jiffies(unsigned long ticks)
{
	return ticks >= ~0UL / HZ * USER_HZ ? ~0UL : ticks * HZ / USER_HZ;
}

/* Comparisons that work even if the count has wrapped in between. */
#define __kt_time_after(type, a, b) (__kt_jiffies_now(), (s64)((type)(b) - (type)(a)) < 0)
#define __kt_time_after_eq(type, a, b) (__kt_jiffies_now(), (s64)((type)(a) - (type)(b)) >= 0)
#define time_after(a, b) __kt_time_after(unsigned long, a, b)
#define time_before(a, b) time_after(b, a)
#define time_after_eq(a, b) __kt_time_after_eq(unsigned long, a, b)
#define time_before_eq(a, b) time_after_eq(b, a)
#define time_in_range(a, b, c) (time_after_eq(a, b) && time_before_eq(a, c))
#define time_in_range_open(a, b, c) (time_after_eq(a, b) && time_before(a, c))
#define time_after64(a, b) __kt_time_after(u64, a, b)
#define time_before64(a, b) time_after64(b, a)
#define time_after_eq64(a, b) __kt_time_after_eq(u64, a, b)
#define time_before_eq64(a, b) time_after_eq64(b, a)
#define time_in_range64(a, b, c) (time_after_eq64(a, b) && time_before_eq64(a, c))

#define time_is_before_jiffies(a) time_after(jiffies, a)
#define time_is_after_jiffies(a) time_before(jiffies, a)
#define time_is_before_eq_jiffies(a) time_after_eq(jiffies, a)
#define time_is_after_eq_jiffies(a) time_before_eq(jiffies, a)
#define time_is_before_jiffies64(a) time_after64(get_jiffies_64(), a)
#define time_is_after_jiffies64(a) time_before64(get_jiffies_64(), a)
#define time_is_before_eq_jiffies64(a) time_after_eq64(get_jiffies_64(), a)
#define time_is_after_eq_jiffies64(a) time_before_eq64(get_jiffies_64(), a)

#endif
