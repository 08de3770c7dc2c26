/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_RWONCE_H
#define KT_ASM_RWONCE_H

#include <kt/core/linux/compiler.h>

/* What a kernel's asm/rwonce.h brings along. */
#include <asm-generic/rwonce.h>

#endif
