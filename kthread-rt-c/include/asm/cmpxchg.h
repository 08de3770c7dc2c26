/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_CMPXCHG_H
#define KT_ASM_CMPXCHG_H

#include <kt/core/asm/cmpxchg.h>

/* What a kernel's asm/cmpxchg.h brings along. */
#include <asm/bug.h>

#endif
