/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_ASM_SIGNAL_H
#define KT_UAPI_ASM_SIGNAL_H

#include <kt/core/linux/signal.h>

/* What a kernel's uapi/asm/signal.h brings along. */
#include <asm-generic/signal-defs.h>
#include <linux/time.h>

#endif
