/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_GENERIC_BUG_H
#define KT_ASM_GENERIC_BUG_H

#include <kt/core/linux/bug.h>

/* What a kernel's asm-generic/bug.h brings along. */
#include <linux/panic.h>
#include <linux/printk.h>

#endif
