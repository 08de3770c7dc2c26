/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Parameters of a scheduling policy. Modules that do not include this may have a struct of the same
 * name.
 */
#ifndef KT_CORE_UAPI_LINUX_SCHED_TYPES_H
#define KT_CORE_UAPI_LINUX_SCHED_TYPES_H

#include <kt/core/linux/types.h>

struct sched_param {
	int sched_priority;
};

/* Newer C libraries have it in their sched.h. */
#ifndef SCHED_ATTR_SIZE_VER0
#define SCHED_ATTR_SIZE_VER0 48
#define SCHED_ATTR_SIZE_VER1 56

struct sched_attr {
	u32 size;
	u32 sched_policy;
	u64 sched_flags;
	s32 sched_nice;
	u32 sched_priority;
	/* For SCHED_DEADLINE, which is not supported. */
	u64 sched_runtime;
	u64 sched_deadline;
	u64 sched_period;
	/* Clamps of the cpu's speed, which are ignored. */
	u32 sched_util_min;
	u32 sched_util_max;
};
#endif

#endif
