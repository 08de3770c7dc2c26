/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_STRING_H
#define KT_ASM_STRING_H

#include <kt/core/linux/string.h>

/* What a kernel's asm/string.h brings along. */
#include <linux/jump_label.h>

#endif
