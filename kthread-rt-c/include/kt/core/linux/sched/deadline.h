/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Deadline scheduling: there are no such tasks. */
#ifndef KT_CORE_LINUX_SCHED_DEADLINE_H
#define KT_CORE_LINUX_SCHED_DEADLINE_H

#include <kt/core/linux/sched.h>

#define MAX_DL_PRIO 0

static inline int dl_prio(int prio)
{
	return prio < MAX_DL_PRIO;
}

static inline int dl_task(struct task_struct *task)
{
	return dl_prio(task->prio);
}

/* Works across a wrap. */
static inline bool dl_time_before(u64 a, u64 b)
{
	return (s64)(a - b) < 0;
}

#endif
