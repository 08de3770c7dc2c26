/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_PARAM_H
#define KT_ASM_PARAM_H

#include <kt/core/linux/jiffies.h>

/* What a kernel's asm/param.h brings along. */
#include <asm-generic/param.h>

#endif
