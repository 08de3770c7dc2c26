/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Time in nanoseconds, for differences. */
#ifndef KT_CORE_LINUX_SCHED_CLOCK_H
#define KT_CORE_LINUX_SCHED_CLOCK_H

#include <kt/core/linux/types.h>

KT_BEGIN
u64 kt_clock_ns(void);
KT_END

#define sched_clock() ((unsigned long long)kt_clock_ns())
#define local_clock() sched_clock()
#define cpu_clock(cpu) ((void)(cpu), sched_clock())
#define running_clock() sched_clock()
#define sched_clock_cpu(cpu) cpu_clock(cpu)
#define sched_clock_stable() 1
#define clear_sched_clock_stable() do { } while (0)
#define sched_clock_tick() do { } while (0)
#define sched_clock_idle_sleep_event() do { } while (0)
#define sched_clock_idle_wakeup_event() do { } while (0)

#endif
