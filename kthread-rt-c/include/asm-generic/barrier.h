/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_GENERIC_BARRIER_H
#define KT_ASM_GENERIC_BARRIER_H

#include <kt/core/asm/barrier.h>

/* What a kernel's asm-generic/barrier.h brings along. */
#include <linux/compiler.h>

#endif
