/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The architecture's data about a task. */
#ifndef KT_CORE_ASM_THREAD_INFO_H
#define KT_CORE_ASM_THREAD_INFO_H

#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

#define TIF_NOTIFY_RESUME 1
#define TIF_SIGPENDING 2
#define TIF_NEED_RESCHED 3
#define _TIF_NOTIFY_RESUME (1 << TIF_NOTIFY_RESUME)
#define _TIF_SIGPENDING (1 << TIF_SIGPENDING)
#define _TIF_NEED_RESCHED (1 << TIF_NEED_RESCHED)

/*
 * Of the flags, only TIF_SIGPENDING is maintained. `cpu` is here before 4.9 and since 5.16; in
 * between it is a field of the task.
 */
struct thread_info {
	unsigned long flags;
	unsigned long syscall_work;
	u32 status;
#if !KT_SINCE(4, 9) || KT_SINCE(5, 16)
	u32 cpu;
#else
	u32 kt_cpu;
#endif
};

#endif
