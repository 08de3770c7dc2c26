/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_BITOPS_H
#define KT_ASM_BITOPS_H

#include <kt/core/linux/bitops.h>

/* What a kernel's asm/bitops.h brings along. */
#include <asm/barrier.h>

#endif
