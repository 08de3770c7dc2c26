/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_GENERIC_RWONCE_H
#define KT_ASM_GENERIC_RWONCE_H

#include <kt/core/linux/compiler.h>

/* What a kernel's asm-generic/rwonce.h brings along. */
#include <linux/types.h>

#endif
