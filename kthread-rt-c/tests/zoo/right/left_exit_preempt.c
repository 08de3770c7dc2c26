// SPDX-License-Identifier: MIT OR Apache-2.0
/* An exit enables preemption again.
 *
 * kind: lock left behind
 */
#include <linux/module.h>
#include <linux/preempt.h>

static int __init zoo_init(void)
{
	return 0;
}

static void __exit zoo_exit(void)
{
	preempt_disable();
	preempt_enable();
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
