/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_SYSTEM_H
#define KT_ASM_SYSTEM_H

#include <kt/core/asm/barrier.h>
#include <kt/core/asm/cmpxchg.h>
#include <kt/core/linux/irqflags.h>

#endif
