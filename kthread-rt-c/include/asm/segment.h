/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_SEGMENT_H
#define KT_ASM_SEGMENT_H

#include <kt/core/linux/types.h>

/* What a kernel's asm/segment.h brings along. */
#include <asm/bug.h>
#include <asm/cache.h>

#endif
