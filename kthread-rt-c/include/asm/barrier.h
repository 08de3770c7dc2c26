/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_BARRIER_H
#define KT_ASM_BARRIER_H

#include <kt/core/asm/barrier.h>

/* What a kernel's asm/barrier.h brings along. */
#include <asm-generic/barrier.h>
#include <asm/bug.h>

#endif
