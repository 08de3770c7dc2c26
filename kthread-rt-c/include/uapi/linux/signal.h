/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_UAPI_LINUX_SIGNAL_H
#define KT_UAPI_LINUX_SIGNAL_H

#include <kt/core/linux/signal.h>

/* What a kernel's uapi/linux/signal.h brings along. */
#include <asm/siginfo.h>
#include <asm/signal.h>

#endif
