// SPDX-License-Identifier: MIT OR Apache-2.0
/* Memory is asked for with GFP_KERNEL with a spinlock held.
 *
 * kind: sleeping where it is wrong
 * told: sleeping function called from invalid context
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);

static int __init zoo_init(void)
{
	void *block;

	spin_lock(&lock);
	block = kmalloc(16, GFP_KERNEL); /* TOLD */
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
