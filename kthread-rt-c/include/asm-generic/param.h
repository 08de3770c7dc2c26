/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_GENERIC_PARAM_H
#define KT_ASM_GENERIC_PARAM_H

#include <kt/core/linux/jiffies.h>

/* What a kernel's asm-generic/param.h brings along. */
#include <uapi/asm-generic/param.h>

#endif
