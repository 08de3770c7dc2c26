/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_IRQ_H
#define KT_LINUX_IRQ_H

#include <kt/core/linux/irq.h>

/* What a kernel's linux/irq.h brings along. */
#include <asm/irq.h>
#include <linux/io.h>
#include <linux/irqhandler.h>
#include <linux/irqreturn.h>
#include <linux/kobject.h>
#include <linux/slab.h>

#endif
