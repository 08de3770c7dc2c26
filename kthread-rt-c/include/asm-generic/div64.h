/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_GENERIC_DIV64_H
#define KT_ASM_GENERIC_DIV64_H

#include <kt/core/linux/math64.h>

/* What a kernel's asm-generic/div64.h brings along. */
#include <linux/compiler.h>

#endif
