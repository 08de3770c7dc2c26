// SPDX-License-Identifier: MIT OR Apache-2.0
/* A callback of call_srcu() may be called yet when the module goes.
 *
 * kind: left at unload
 * told: function release(), is still not waited for
 */
#include <linux/module.h>
#include <linux/srcu.h>

DEFINE_STATIC_SRCU(domain);
static struct rcu_head head;

static void release(struct rcu_head *head)
{
}

static int __init zoo_init(void)
{
	call_srcu(&domain, &head, release); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
