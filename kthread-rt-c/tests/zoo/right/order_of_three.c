// SPDX-License-Identifier: MIT OR Apache-2.0
/* Three spinlocks in one order.
 *
 * kind: order of locks
 */
#include <linux/module.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);
static DEFINE_SPINLOCK(c);

static void both(spinlock_t *outer, spinlock_t *inner)
{
	spin_lock(outer);
	spin_lock(inner);
	spin_unlock(inner);
	spin_unlock(outer);
}

static int __init zoo_init(void)
{
	both(&a, &b);
	both(&b, &c);
	both(&a, &c);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
