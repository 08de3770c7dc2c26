/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_ERRNO_H
#define KT_ASM_ERRNO_H

#include <kt/core/linux/errno.h>

/* What a kernel's asm/errno.h brings along. */
#include <asm-generic/errno.h>

#endif
