// SPDX-License-Identifier: MIT OR Apache-2.0
/* An exit returns inside an RCU section.
 *
 * kind: lock left behind
 * told: it returned inside the RCU section that began here
 */
#include <linux/module.h>
#include <linux/rcupdate.h>

static int __init zoo_init(void)
{
	return 0;
}

static void __exit zoo_exit(void)
{
	rcu_read_lock(); /* TOLD */
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
