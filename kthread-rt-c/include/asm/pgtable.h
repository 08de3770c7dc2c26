/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_PGTABLE_H
#define KT_ASM_PGTABLE_H

#include <kt/core/asm/pgtable_types.h>

/* What a kernel's asm/pgtable.h brings along. */
#include <linux/mm_types.h>

#endif
