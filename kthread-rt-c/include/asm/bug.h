/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_BUG_H
#define KT_ASM_BUG_H

#include <kt/core/linux/bug.h>

/* What a kernel's asm/bug.h brings along. */
#include <asm-generic/bug.h>

#endif
