/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_GENERIC_FCNTL_H
#define KT_ASM_GENERIC_FCNTL_H

#include <kt/core/linux/fcntl.h>

/* What a kernel's asm-generic/fcntl.h brings along. */
#include <linux/types.h>

#endif
