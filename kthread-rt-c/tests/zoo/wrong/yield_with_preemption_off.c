// SPDX-License-Identifier: MIT OR Apache-2.0
/* yield() with preemption off.
 *
 * kind: sleeping where it is wrong
 * told: scheduling while atomic
 */
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/sched.h>

static int __init zoo_init(void)
{
	preempt_disable();
	yield(); /* TOLD */
	preempt_enable();
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
