/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_GENERIC_SIGNAL_DEFS_H
#define KT_ASM_GENERIC_SIGNAL_DEFS_H

#include <kt/core/linux/signal.h>

/* What a kernel's asm-generic/signal-defs.h brings along. */
#include <linux/compiler.h>

#endif
