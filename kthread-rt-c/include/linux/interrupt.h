/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_INTERRUPT_H
#define KT_LINUX_INTERRUPT_H

#include <kt/core/linux/interrupt.h>

/* What a kernel's linux/interrupt.h brings along. */
#include <asm/irq.h>
#include <linux/hardirq.h>
#include <linux/irqreturn.h>
#include <linux/kref.h>

#endif
