/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_GENERIC_POSIX_TYPES_H
#define KT_ASM_GENERIC_POSIX_TYPES_H

#include <kt/core/linux/types.h>

/* What a kernel's asm-generic/posix_types.h brings along. */
#include <asm-generic/bitsperlong.h>

#endif
