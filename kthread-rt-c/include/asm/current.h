/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_CURRENT_H
#define KT_ASM_CURRENT_H

#include <kt/core/asm/current.h>

/* What a kernel's asm/current.h brings along. */
#include <linux/kernel.h>
#include <linux/percpu-defs.h>
#include <linux/threads.h>

#endif
