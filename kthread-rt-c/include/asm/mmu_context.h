/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_MMU_CONTEXT_H
#define KT_ASM_MMU_CONTEXT_H

#include <kt/core/linux/mmu_context.h>

/* What a kernel's asm/mmu_context.h brings along. */
#include <linux/mm.h>
#include <linux/tracepoint.h>
#include <trace/define_trace.h>

#endif
