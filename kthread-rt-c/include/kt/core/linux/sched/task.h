/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* References to tasks. */
#ifndef KT_CORE_LINUX_SCHED_TASK_H
#define KT_CORE_LINUX_SCHED_TASK_H

#include <kt/core/linux/cleanup.h>
#include <kt/core/linux/sched.h>
#include <kt/core/linux/spinlock.h>

KT_BEGIN
/* A task's lock for modules; the runtime itself does not take it. */
spinlock_t *kt_task_alloc_lock(struct task_struct *task);
struct task_struct *get_task_struct(struct task_struct *task);
void put_task_struct(struct task_struct *task);
pid_t kernel_thread(int (*threadfn)(void *data), void *data, unsigned long flags);
KT_END

static inline void task_lock(struct task_struct *task)
{
	spin_lock(kt_task_alloc_lock(task));
}

static inline void task_unlock(struct task_struct *task)
{
	spin_unlock(kt_task_alloc_lock(task));
}

/* The idle task, pid 0: the head of the list of all tasks. */
#define init_task (*kt_init_task())
DEFINE_FREE(put_task, struct task_struct *, if (_T) put_task_struct(_T))

#endif
