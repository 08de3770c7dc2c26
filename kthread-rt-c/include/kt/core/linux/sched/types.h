/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* How long a task has run. */
#ifndef KT_CORE_LINUX_SCHED_TYPES_H
#define KT_CORE_LINUX_SCHED_TYPES_H

#include <kt/core/linux/types.h>

struct task_cputime {
	u64 stime;
	u64 utime;
	unsigned long long sum_exec_runtime;
};

#endif
