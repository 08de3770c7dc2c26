// SPDX-License-Identifier: MIT OR Apache-2.0
/* schedule() with a spinlock held.
 *
 * kind: sleeping where it is wrong
 * told: scheduling while atomic
 */
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);

static int __init zoo_init(void)
{
	spin_lock(&lock);
	schedule(); /* TOLD */
	spin_unlock(&lock);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
