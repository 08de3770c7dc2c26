/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* References to tasks. */
#ifndef KT_CORE_LINUX_SCHED_TASK_H
#define KT_CORE_LINUX_SCHED_TASK_H

#include <kt/core/linux/sched.h>

KT_BEGIN
struct task_struct *get_task_struct(struct task_struct *task);
void put_task_struct(struct task_struct *task);
pid_t kernel_thread(int (*threadfn)(void *data), void *data, unsigned long flags);
KT_END

/* The idle task, pid 0: the head of the list of all tasks. */
#define init_task (*kt_init_task())

#endif
