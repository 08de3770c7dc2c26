/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * linux/kthread.h: a kthread that borrows an address space. There is one, which all threads have;
 * the kthread's fields say that it has it.
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
