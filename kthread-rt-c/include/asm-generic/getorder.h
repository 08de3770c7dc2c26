/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_GENERIC_GETORDER_H
#define KT_ASM_GENERIC_GETORDER_H

#include <kt/core/asm-generic/getorder.h>

/* What a kernel's asm-generic/getorder.h brings along. */
#include <linux/log2.h>

#endif
