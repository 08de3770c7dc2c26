// SPDX-License-Identifier: MIT OR Apache-2.0
/* A head is passed to call_rcu() again when its callback was called.
 *
 * kind: initialised while active
 */
#include <linux/module.h>
#include <linux/rcupdate.h>

static struct rcu_head head;

static void done(struct rcu_head *head)
{
}

static int __init zoo_init(void)
{
	call_rcu(&head, done);
	rcu_barrier();
	call_rcu(&head, done);
	rcu_barrier();
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
