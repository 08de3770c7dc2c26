// SPDX-License-Identifier: MIT OR Apache-2.0
/* Per-cpu memory is allocated with interrupts off.
 *
 * kind: sleeping where it is wrong
 * told: sleeping function called from invalid context
 */
#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/percpu.h>

static int __init zoo_init(void)
{
	int __percpu *counters;

	local_irq_disable();
	counters = alloc_percpu(int); /* TOLD */
	local_irq_enable();
	free_percpu(counters);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
