/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_COMPAT_H
#define KT_ASM_COMPAT_H

#include <kt/core/linux/compat.h>

/* What a kernel's asm/compat.h brings along. */
#include <asm-generic/compat.h>
#include <linux/sched/task_stack.h>

#endif
