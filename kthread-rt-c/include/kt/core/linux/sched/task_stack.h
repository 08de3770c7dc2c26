/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Stacks of tasks, which are not visible: `task->stack` is null. */
#ifndef KT_CORE_LINUX_SCHED_TASK_STACK_H
#define KT_CORE_LINUX_SCHED_TASK_STACK_H

#include <kt/core/linux/sched.h>

static inline void *task_stack_page(const struct task_struct *task)
{
	return task->stack;
}

#endif
