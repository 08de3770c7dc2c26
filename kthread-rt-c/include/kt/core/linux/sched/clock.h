/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Time in nanoseconds, for differences. */
#ifndef KT_CORE_LINUX_SCHED_CLOCK_H
#define KT_CORE_LINUX_SCHED_CLOCK_H

#include <kt/core/linux/types.h>

KT_BEGIN
u64 kt_clock_ns(void);
KT_END

static inline unsigned long long sched_clock(void)
{
	return (unsigned long long)kt_clock_ns();
}

#define local_clock sched_clock

static inline u64 cpu_clock(int cpu)
{
	(void)cpu;
	return sched_clock();
}

#define running_clock sched_clock
#define sched_clock_cpu cpu_clock

static inline int sched_clock_stable(void)
{
	return 1;
}

static inline void clear_sched_clock_stable(void)
{
}

static inline void sched_clock_tick(void)
{
}

static inline void sched_clock_idle_sleep_event(void)
{
}

static inline void sched_clock_idle_wakeup_event(void)
{
}

#endif
