// SPDX-License-Identifier: MIT OR Apache-2.0
/* schedule() when the spinlock is open.
 *
 * kind: sleeping where it is wrong
 */
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);

static int __init zoo_init(void)
{
	spin_lock(&lock);
	spin_unlock(&lock);
	schedule();
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
