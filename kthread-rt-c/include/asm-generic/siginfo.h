/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_GENERIC_SIGINFO_H
#define KT_ASM_GENERIC_SIGINFO_H

#include <kt/core/asm/siginfo.h>

/* What a kernel's asm-generic/siginfo.h brings along. */
#include <linux/compiler.h>

#endif
