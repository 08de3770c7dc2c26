/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_GENERIC_BITSPERLONG_H
#define KT_ASM_GENERIC_BITSPERLONG_H

#include <kt/core/linux/types.h>

/* What a kernel's asm-generic/bitsperlong.h brings along. */
#include <uapi/asm-generic/bitsperlong.h>

#endif
