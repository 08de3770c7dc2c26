// SPDX-License-Identifier: MIT OR Apache-2.0
/* An exit returns with preemption disabled.
 *
 * kind: lock left behind
 * told: initcall zoo_exit returned with preemption imbalance
 */
#include <linux/module.h>
#include <linux/preempt.h>

static int __init zoo_init(void)
{
	return 0;
}

static void __exit zoo_exit(void)
{
	preempt_disable(); /* TOLD */
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
