/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_PREEMPT_H
#define KT_ASM_PREEMPT_H

#include <kt/core/linux/preempt.h>

/* What a kernel's asm/preempt.h brings along. */
#include <linux/thread_info.h>

#endif
