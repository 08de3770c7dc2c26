/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Kthreads that use a program's memory, as every task does here. */
#ifndef KT_CORE_LINUX_MMU_CONTEXT_H
#define KT_CORE_LINUX_MMU_CONTEXT_H

#include <kt/core/asm/current.h>
#include <kt/core/linux/sched.h>
#include <kt/core/linux/version.h>

#if !KT_SINCE(5, 8)
static inline void use_mm(struct mm_struct *mm)
{
	current->mm = mm;
}

static inline void unuse_mm(struct mm_struct *mm)
{
	(void)mm;
	current->mm = (struct mm_struct *)0;
}
#endif

#endif
