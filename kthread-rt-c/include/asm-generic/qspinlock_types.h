/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_GENERIC_QSPINLOCK_TYPES_H
#define KT_ASM_GENERIC_QSPINLOCK_TYPES_H

#include <kt/core/linux/spinlock_types.h>

/* What a kernel's asm-generic/qspinlock_types.h brings along. */
#include <linux/types.h>

#endif
