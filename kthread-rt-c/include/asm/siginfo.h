/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_SIGINFO_H
#define KT_ASM_SIGINFO_H

#include <kt/core/asm/siginfo.h>

/* What a kernel's asm/siginfo.h brings along. */
#include <asm-generic/siginfo.h>

#endif
