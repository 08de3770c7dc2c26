/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_SIGNAL_H
#define KT_ASM_SIGNAL_H

#include <kt/core/linux/signal.h>

/* What a kernel's asm/signal.h brings along. */
#include <uapi/asm/signal.h>

#endif
