/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_PTRACE_H
#define KT_ASM_PTRACE_H

#include <kt/core/linux/ptrace.h>
#include <kt/core/linux/uaccess.h>

/* What a kernel's asm/ptrace.h brings along. */
#include <asm/pgtable_types.h>
#include <asm/segment.h>
#include <linux/kernel.h>
#include <linux/percpu-defs.h>
#include <linux/static_key.h>
#include <linux/threads.h>
#include <uapi/asm/ptrace.h>

#endif
