// SPDX-License-Identifier: MIT OR Apache-2.0
/* A head is passed to call_rcu() while it waits for its callback.
 *
 * kind: initialised while active
 * told: waits for its callback already
 */
#include <linux/module.h>
#include <linux/rcupdate.h>

static struct rcu_head head;

static void done(struct rcu_head *head)
{
}

static int __init zoo_init(void)
{
	rcu_read_lock();
	call_rcu(&head, done);
	call_rcu(&head, done); /* TOLD */
	rcu_read_unlock();
	rcu_barrier();
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
