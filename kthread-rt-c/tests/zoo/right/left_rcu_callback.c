// SPDX-License-Identifier: MIT OR Apache-2.0
/* rcu_barrier() waits for a callback before the module goes.
 *
 * kind: left at unload
 */
#include <linux/module.h>
#include <linux/rcupdate.h>

static struct rcu_head head;

static void release(struct rcu_head *head)
{
}

static int __init zoo_init(void)
{
	call_rcu(&head, release);
	return 0;
}

static void __exit zoo_exit(void)
{
	rcu_barrier();
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
