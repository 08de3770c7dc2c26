/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_GENERIC_MEMORY_MODEL_H
#define KT_ASM_GENERIC_MEMORY_MODEL_H

#include <kt/core/asm/page.h>

/* What a kernel's asm-generic/memory_model.h brings along. */
#include <linux/pfn.h>

#endif
