// SPDX-License-Identifier: MIT OR Apache-2.0
/* It is allocated before.
 *
 * kind: sleeping where it is wrong
 */
#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/percpu.h>

static int __init zoo_init(void)
{
	int __percpu *counters = alloc_percpu(int);

	local_irq_disable();
	this_cpu_inc(*counters);
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
