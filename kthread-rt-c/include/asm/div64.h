/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_DIV64_H
#define KT_ASM_DIV64_H

#include <kt/core/linux/math64.h>

/* What a kernel's asm/div64.h brings along. */
#include <asm-generic/div64.h>

#endif
