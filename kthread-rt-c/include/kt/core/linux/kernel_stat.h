/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A kernel's statistics about interrupts, of which there are none. */
#ifndef KT_CORE_LINUX_KERNEL_STAT_H
#define KT_CORE_LINUX_KERNEL_STAT_H

#include <kt/core/linux/interrupt.h>
#include <kt/core/linux/types.h>

static inline unsigned int kstat_irqs_cpu(unsigned int irq, int cpu)
{
	(void)irq, (void)cpu;
	return 0;
}

static inline unsigned long kstat_cpu_irqs_sum(unsigned int cpu)
{
	(void)cpu;
	return 0;
}

#endif
