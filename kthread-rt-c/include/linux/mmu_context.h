/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_MMU_CONTEXT_H
#define KT_LINUX_MMU_CONTEXT_H

#include <kt/core/linux/mmu_context.h>

/* What a kernel's linux/mmu_context.h brings along. */
#include <asm/mmu_context.h>

#endif
