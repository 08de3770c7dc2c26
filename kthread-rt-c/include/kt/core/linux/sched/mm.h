/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* References to address spaces. */
#ifndef KT_CORE_LINUX_SCHED_MM_H
#define KT_CORE_LINUX_SCHED_MM_H

#include <kt/core/linux/mm_types.h>
#include <kt/core/linux/sched.h>

KT_BEGIN
/* Null for a kthread; for any other task, the process's. */
struct mm_struct *get_task_mm(struct task_struct *task);
KT_END

static inline void mmput(struct mm_struct *mm)
{
	atomic_dec(&mm->mm_users);
}

static inline void mmget(struct mm_struct *mm)
{
	atomic_inc(&mm->mm_users);
}

static inline bool mmget_not_zero(struct mm_struct *mm)
{
	return atomic_inc_not_zero(&mm->mm_users);
}

static inline void mmgrab(struct mm_struct *mm)
{
	atomic_inc(&mm->mm_count);
}

static inline void mmdrop(struct mm_struct *mm)
{
	atomic_dec(&mm->mm_count);
}

static inline unsigned int memalloc_noio_save(void)
{
	return 0u;
}

static inline void memalloc_noio_restore(unsigned int flags)
{
	(void)flags;
}

static inline unsigned int memalloc_nofs_save(void)
{
	return 0u;
}

static inline void memalloc_nofs_restore(unsigned int flags)
{
	(void)flags;
}

static inline unsigned int memalloc_noreclaim_save(void)
{
	return 0u;
}

static inline void memalloc_noreclaim_restore(unsigned int flags)
{
	(void)flags;
}

static inline void might_alloc(gfp_t flags)
{
	(void)flags;
}

#endif
