/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_IO_H
#define KT_ASM_IO_H

#include <kt/core/linux/io.h>

/* What a kernel's asm/io.h brings along. */
#include <asm-generic/iomap.h>
#include <linux/vmalloc.h>

#endif
