/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What a task is doing. */
#ifndef KT_CORE_LINUX_SCHED_DEBUG_H
#define KT_CORE_LINUX_SCHED_DEBUG_H

#include <kt/core/linux/printk.h>
#include <kt/core/linux/sched.h>

static inline void sched_show_task(struct task_struct *task)
{
	printk(KERN_INFO "task:%s state:%c pid:%d\n", task->comm, task_state_to_char(task), task->pid);
}

static inline void show_state(void)
{
}

static inline void show_stack(struct task_struct *task, unsigned long *sp, const char *level)
{
	(void)level, (void)sp;
	sched_show_task(task);
}

#endif
