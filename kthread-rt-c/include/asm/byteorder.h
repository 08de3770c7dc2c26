/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_BYTEORDER_H
#define KT_ASM_BYTEORDER_H

#include <kt/core/asm/byteorder.h>

/* What a kernel's asm/byteorder.h brings along. */
#include <linux/swab.h>

#endif
