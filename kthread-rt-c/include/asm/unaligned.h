/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_UNALIGNED_H
#define KT_ASM_UNALIGNED_H

#include <kt/core/asm/unaligned.h>

/* What a kernel's asm/unaligned.h brings along. */
#include <asm-generic/unaligned.h>

#endif
