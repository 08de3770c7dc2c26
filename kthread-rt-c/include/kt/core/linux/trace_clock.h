/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Clocks for traces: the one that the runtime has. */
#ifndef KT_CORE_LINUX_TRACE_CLOCK_H
#define KT_CORE_LINUX_TRACE_CLOCK_H

#include <kt/core/linux/sched/clock.h>

#define trace_clock_local() ((u64)local_clock())
#define trace_clock() ((u64)local_clock())
#define trace_clock_global() ((u64)local_clock())
#define trace_clock_jiffies() get_jiffies_64()

#endif
