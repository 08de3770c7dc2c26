/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_IRQ_H
#define KT_ASM_IRQ_H

#include <kt/core/linux/irq.h>

/* What a kernel's asm/irq.h brings along. */
#include <linux/threads.h>

#endif
