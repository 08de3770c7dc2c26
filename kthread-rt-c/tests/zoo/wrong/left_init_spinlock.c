// SPDX-License-Identifier: MIT OR Apache-2.0
/* An init returns with a spinlock.
 *
 * kind: lock left behind
 * told: initcall zoo_init returned with preemption imbalance
 */
#include <linux/module.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);

static int __init zoo_init(void)
{
	spin_lock(&lock); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
