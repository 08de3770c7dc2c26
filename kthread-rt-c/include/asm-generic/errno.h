/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_GENERIC_ERRNO_H
#define KT_ASM_GENERIC_ERRNO_H

#include <kt/core/linux/errno.h>

/* What a kernel's asm-generic/errno.h brings along. */
#include <asm-generic/errno-base.h>

#endif
