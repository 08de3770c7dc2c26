/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The type of an interrupt handler. */
#ifndef KT_CORE_LINUX_IRQHANDLER_H
#define KT_CORE_LINUX_IRQHANDLER_H

struct irq_desc;
typedef void (*irq_flow_handler_t)(struct irq_desc *desc);

#endif
