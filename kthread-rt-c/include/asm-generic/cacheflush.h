/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_GENERIC_CACHEFLUSH_H
#define KT_ASM_GENERIC_CACHEFLUSH_H

#include <kt/core/asm/cacheflush.h>

/* What a kernel's asm-generic/cacheflush.h brings along. */
#include <linux/compiler.h>

#endif
