/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the architecture keeps of a task. */
#ifndef KT_LINUX_THREAD_INFO_H
#define KT_LINUX_THREAD_INFO_H

#include <asm/current.h>
#include <linux/bug.h>
#include <linux/types.h>

#define THREAD_SIZE (16 * 1024)
#define THREAD_ALIGN THREAD_SIZE
#define current_thread_info() ((struct thread_info *)current)

#endif
