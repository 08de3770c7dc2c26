/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_GENERIC_MMAN_H
#define KT_ASM_GENERIC_MMAN_H

#include <kt/core/linux/mman.h>

/* What a kernel's asm-generic/mman.h brings along. */
#include <asm-generic/mman-common.h>

#endif
