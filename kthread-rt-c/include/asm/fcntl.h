/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_FCNTL_H
#define KT_ASM_FCNTL_H

#include <kt/core/linux/fcntl.h>

/* What a kernel's asm/fcntl.h brings along. */
#include <asm-generic/fcntl.h>

#endif
