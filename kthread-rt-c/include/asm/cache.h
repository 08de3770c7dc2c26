/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_CACHE_H
#define KT_ASM_CACHE_H

#include <kt/core/linux/cache.h>

/* What a kernel's asm/cache.h brings along. */
#include <linux/linkage.h>

#endif
