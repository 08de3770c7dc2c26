/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Clocks for traces: the runtime's clock. */
#ifndef KT_CORE_LINUX_TRACE_CLOCK_H
#define KT_CORE_LINUX_TRACE_CLOCK_H

#include <kt/core/linux/jiffies.h>
#include <kt/core/linux/sched/clock.h>

static inline u64 trace_clock_local(void)
{
	return (u64)local_clock();
}

static inline u64 trace_clock(void)
{
	return (u64)local_clock();
}

static inline u64 trace_clock_global(void)
{
	return (u64)local_clock();
}

static inline u64 trace_clock_jiffies(void)
{
	return get_jiffies_64();
}

#endif
