/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * linux/kthread.h: a kthread borrows an address space. All threads share the process's; only the
 * kthread's fields change.
 */
#include <kt/core/asm/current.h>
#include <kt/core/linux/bug.h>
#include <kt/core/linux/kthread.h>
#include <kt/core/linux/sched/mm.h>

void kthread_use_mm(struct mm_struct *mm)
{
	WARN_ON_ONCE(!(current->flags & PF_KTHREAD));
	WARN_ON_ONCE(current->mm);
	mmgrab(mm);
	current->mm = mm;
	current->active_mm = mm;
}

void kthread_unuse_mm(struct mm_struct *mm)
{
	WARN_ON_ONCE(!(current->flags & PF_KTHREAD));
	current->mm = NULL;
	current->active_mm = NULL;
	mmdrop(mm);
}
