/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Real-time tasks. */
#ifndef KT_CORE_LINUX_SCHED_RT_H
#define KT_CORE_LINUX_SCHED_RT_H

#include <kt/core/linux/sched.h>

static inline int rt_prio(int prio)
{
	return prio < MAX_RT_PRIO;
}

static inline int rt_task(struct task_struct *task)
{
	return rt_prio(task->prio);
}

/* By its own policy; an inherited priority does not count. */
static inline bool task_is_realtime(struct task_struct *task)
{
	return task->policy == SCHED_FIFO || task->policy == SCHED_RR || task->policy == SCHED_DEADLINE;
}

/* A task's priority is updated at each change. */

static inline void rt_mutex_adjust_pi(struct task_struct *task)
{
	(void)task;
}

#define RR_TIMESLICE (100 * HZ / 1000)

#endif
