/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_TYPES_H
#define KT_ASM_TYPES_H

#include <kt/core/linux/types.h>

/* What a kernel's asm/types.h brings along. */
#include <asm-generic/int-ll64.h>

#endif
