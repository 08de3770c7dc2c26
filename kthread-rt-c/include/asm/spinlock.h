/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_SPINLOCK_H
#define KT_ASM_SPINLOCK_H

#include <kt/core/linux/spinlock.h>

/* What a kernel's asm/spinlock.h brings along. */
#include <asm/processor.h>

#endif
