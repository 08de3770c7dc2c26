/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_ATOMIC_H
#define KT_ASM_ATOMIC_H

#include <kt/core/linux/atomic.h>

/* What a kernel's asm/atomic.h brings along. */
#include <asm/barrier.h>
#include <asm/cmpxchg.h>

#endif
