/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_STAT_H
#define KT_ASM_STAT_H

#include <kt/core/linux/stat.h>

/* What a kernel's asm/stat.h brings along. */
#include <asm-generic/posix_types.h>

#endif
