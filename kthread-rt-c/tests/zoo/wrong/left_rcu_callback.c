// SPDX-License-Identifier: MIT OR Apache-2.0
/* A callback of call_rcu() may be called yet when the module goes.
 *
 * kind: left at unload
 * told: function release(), is still not waited for
 */
#include <linux/module.h>
#include <linux/rcupdate.h>

static struct rcu_head head;

static void release(struct rcu_head *head)
{
}

static int __init zoo_init(void)
{
	call_rcu(&head, release); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
	synchronize_rcu();
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
