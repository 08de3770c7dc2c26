/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Tasks with deadlines, of which there are none. */
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

/* Also across the end of the range. */
static inline bool dl_time_before(u64 a, u64 b)
{
	return (s64)(a - b) < 0;
}

#endif
