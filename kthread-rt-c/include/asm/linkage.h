/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_LINKAGE_H
#define KT_ASM_LINKAGE_H

#include <kt/core/linux/instruction_pointer.h>
#include <kt/core/linux/compiler.h>

/* What a kernel's asm/linkage.h brings along. */
#include <linux/stringify.h>
#include <linux/types.h>

#endif
