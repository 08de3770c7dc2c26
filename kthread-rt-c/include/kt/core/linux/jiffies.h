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
unsigned long kt_msecs_to_jiffies(unsigned int ms);
unsigned long kt_usecs_to_jiffies(unsigned int us);
unsigned long nsecs_to_jiffies(u64 ns);
unsigned int jiffies_to_msecs(unsigned long j);
unsigned int jiffies_to_usecs(unsigned long j);
KT_END

/* Variables in the kernel; nothing ticks here, so reading them asks the clock. */
#define jiffies kt_jiffies()
#define jiffies_64 ((u64)kt_jiffies())

#define msecs_to_jiffies(ms) kt_msecs_to_jiffies(ms)
#define usecs_to_jiffies(us) kt_usecs_to_jiffies(us)
#define secs_to_jiffies(s) ((unsigned long)(s) * HZ)
/* By way of microseconds, which are cut off to 32 bits. */
static inline u64 jiffies_to_nsecs(unsigned long j)
{
	return (u64)jiffies_to_usecs(j) * 1000;
}

#define get_jiffies_64() jiffies_64
#define jiffies_delta_to_msecs(j) jiffies_to_msecs((j) > 0 ? (unsigned long)(j) : 0UL)

#define time_after(a, b) ((long)((unsigned long)(b) - (unsigned long)(a)) < 0)
#define time_before(a, b) time_after(b, a)
#define time_after_eq(a, b) ((long)((unsigned long)(a) - (unsigned long)(b)) >= 0)
#define time_before_eq(a, b) time_after_eq(b, a)
#define time_in_range(a, b, c) (time_after_eq(a, b) && time_before_eq(a, c))
#define time_is_before_jiffies(a) time_after(jiffies, a)
#define time_is_after_jiffies(a) time_before(jiffies, a)
#define time_is_before_eq_jiffies(a) time_after_eq(jiffies, a)
#define time_is_after_eq_jiffies(a) time_before_eq(jiffies, a)
#define time_after64(a, b) ((s64)((u64)(b) - (u64)(a)) < 0)
#define time_before64(a, b) time_after64(b, a)

#endif
