/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Priorities (sched.h has most), and their conversion to resource limits. */
#ifndef KT_CORE_LINUX_SCHED_PRIO_H
#define KT_CORE_LINUX_SCHED_PRIO_H

#include <kt/core/linux/sched.h>

#define NICE_WIDTH (MAX_NICE - MIN_NICE + 1)
#define MAX_PRIO (MAX_RT_PRIO + NICE_WIDTH)

static inline long nice_to_rlimit(long nice)
{
	return MAX_NICE + 1 - nice;
}

static inline long rlimit_to_nice(long limit)
{
	return MAX_NICE + 1 - limit;
}

#endif
