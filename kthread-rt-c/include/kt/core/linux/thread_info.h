/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The architecture's data about a task, and access to it. */
#ifndef KT_CORE_LINUX_THREAD_INFO_H
#define KT_CORE_LINUX_THREAD_INFO_H

#include <kt/core/asm/current.h>
#include <kt/core/asm/thread_info.h>
#include <kt/core/linux/bug.h>
#include <kt/core/linux/types.h>

#define THREAD_SIZE (16 * 1024)
#define THREAD_ALIGN THREAD_SIZE
#define current_thread_info() (&current->kt_thread_info)

static inline int test_ti_thread_flag(struct thread_info *ti, int flag)
{
	return (int)(*(volatile unsigned long *)&ti->flags >> flag & 1);
}

#define test_thread_flag(flag) test_ti_thread_flag(current_thread_info(), flag)

#endif
