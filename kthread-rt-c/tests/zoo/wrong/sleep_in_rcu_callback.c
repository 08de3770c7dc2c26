// SPDX-License-Identifier: MIT OR Apache-2.0
/* A callback of call_rcu() sleeps.
 *
 * kind: sleeping where it is wrong
 * told: softirq
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/rcupdate.h>

static DECLARE_COMPLETION(called);
static struct rcu_head head;

static void function(struct rcu_head *head)
{
	usleep_range(10, 20); /* TOLD */
	complete(&called);
}

static int __init zoo_init(void)
{
	call_rcu(&head, function);
	wait_for_completion(&called);
	rcu_barrier();
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
