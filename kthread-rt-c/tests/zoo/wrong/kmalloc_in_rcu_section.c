// SPDX-License-Identifier: MIT OR Apache-2.0
/* A reader of RCU asks for memory with GFP_KERNEL.
 *
 * kind: sleeping where it is wrong
 * told: RCU nest depth 1
 */
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

static int __init zoo_init(void)
{
	void *block;

	rcu_read_lock();
	block = kzalloc(16, GFP_KERNEL); /* TOLD */
	rcu_read_unlock();
	kfree(block);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
