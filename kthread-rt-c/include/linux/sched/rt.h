/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Real-time tasks. */
#ifndef KT_LINUX_SCHED_RT_H
#define KT_LINUX_SCHED_RT_H

#include <linux/sched.h>

static inline int rt_prio(int prio)
{
	return prio < MAX_RT_PRIO;
}

static inline int rt_task(struct task_struct *task)
{
	return rt_prio(task->prio);
}
#define task_is_realtime(task) rt_task(task)
#define rt_mutex_adjust_pi(task) do { (void)(task); } while (0)

#endif
