/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_PGTABLE_TYPES_H
#define KT_ASM_PGTABLE_TYPES_H

#include <kt/core/asm/pgtable_types.h>

/* What a kernel's asm/pgtable_types.h brings along. */
#include <asm/page_types.h>

#endif
