/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the architecture keeps of a task. */
#ifndef KT_CORE_LINUX_THREAD_INFO_H
#define KT_CORE_LINUX_THREAD_INFO_H

#include <kt/core/asm/current.h>
#include <kt/core/linux/bug.h>
#include <kt/core/linux/types.h>

#define THREAD_SIZE (16 * 1024)
#define THREAD_ALIGN THREAD_SIZE
#define current_thread_info() ((struct thread_info *)current)

#endif
