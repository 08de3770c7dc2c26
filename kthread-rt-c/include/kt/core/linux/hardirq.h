/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* See preempt.h. */
#ifndef KT_CORE_LINUX_HARDIRQ_H
#define KT_CORE_LINUX_HARDIRQ_H

#include <kt/core/linux/bottom_half.h>
#include <kt/core/linux/preempt.h>

static inline bool synchronize_hardirq(unsigned int irq)
{
	(void)irq;
	return true;
}

static inline void synchronize_irq(unsigned int irq)
{
	(void)irq;
}

#endif
