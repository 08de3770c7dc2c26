/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_GENERIC_UNALIGNED_H
#define KT_ASM_GENERIC_UNALIGNED_H

#include <kt/core/asm/unaligned.h>

/* What a kernel's asm-generic/unaligned.h brings along. */
#include <asm/byteorder.h>

#endif
