// SPDX-License-Identifier: MIT OR Apache-2.0
/* A reader of RCU, in a section of SRCU, sleeps.
 *
 * kind: sleeping where it is wrong
 * told: sleeping function called from invalid context
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/srcu.h>

DEFINE_STATIC_SRCU(domain);

static int __init zoo_init(void)
{
	int section = srcu_read_lock(&domain);

	rcu_read_lock();
	msleep(1); /* TOLD */
	rcu_read_unlock();
	srcu_read_unlock(&domain, section);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
