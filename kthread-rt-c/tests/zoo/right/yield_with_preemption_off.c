// SPDX-License-Identifier: MIT OR Apache-2.0
/* cpu_relax() with preemption off; yield() when it is on.
 *
 * kind: sleeping where it is wrong
 */
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/sched.h>

static int __init zoo_init(void)
{
	preempt_disable();
	cpu_relax();
	preempt_enable();
	yield();
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
