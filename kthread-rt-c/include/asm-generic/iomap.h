/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_GENERIC_IOMAP_H
#define KT_ASM_GENERIC_IOMAP_H

#include <kt/core/linux/io.h>

/* What a kernel's asm-generic/iomap.h brings along. */
#include <asm/byteorder.h>
#include <linux/linkage.h>

#endif
