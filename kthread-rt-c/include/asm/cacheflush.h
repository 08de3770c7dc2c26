/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_CACHEFLUSH_H
#define KT_ASM_CACHEFLUSH_H

#include <kt/core/asm/cacheflush.h>

/* What a kernel's asm/cacheflush.h brings along. */
#include <asm-generic/cacheflush.h>
#include <linux/mm.h>

#endif
