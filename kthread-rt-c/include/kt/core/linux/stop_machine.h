/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * stop_machine(). The function runs on the calling thread; no other thread is stopped.
 */
#ifndef KT_CORE_LINUX_STOP_MACHINE_H
#define KT_CORE_LINUX_STOP_MACHINE_H

#include <kt/core/linux/cpumask.h>
#include <kt/core/linux/irqflags.h>
#include <kt/core/linux/preempt.h>
#include <kt/core/linux/types.h>

typedef int (*cpu_stop_fn_t)(void *arg);

static inline int stop_machine(cpu_stop_fn_t fn, void *data, const struct cpumask *cpus)
{
	unsigned long flags;
	int ret;

	(void)cpus;
	preempt_disable();
	local_irq_save(flags);
	ret = fn(data);
	local_irq_restore(flags);
	preempt_enable();
	return ret;
}
#define stop_machine_cpuslocked stop_machine

#endif
