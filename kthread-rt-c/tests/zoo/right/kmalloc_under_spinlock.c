// SPDX-License-Identifier: MIT OR Apache-2.0
/* With a spinlock held, memory is asked for with GFP_ATOMIC.
 *
 * kind: sleeping where it is wrong
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);

static int __init zoo_init(void)
{
	void *block;

	spin_lock(&lock);
	block = kmalloc(16, GFP_ATOMIC);
	spin_unlock(&lock);
	kfree(block);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
