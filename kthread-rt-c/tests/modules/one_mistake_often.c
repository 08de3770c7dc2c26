// SPDX-License-Identifier: MIT OR Apache-2.0
/* Allocates with GFP_KERNEL under a spinlock, 100 times in a row and once elsewhere. */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);

static int __init often_init(void)
{
	int i;

	for (i = 0; i < 100; i++) {
		spin_lock(&lock);
		kfree(kmalloc(8, GFP_KERNEL));
		spin_unlock(&lock);
	}
	spin_lock(&lock);
	kfree(kmalloc(16, GFP_KERNEL));
	spin_unlock(&lock);
	return 0;
}

static void __exit often_exit(void)
{
}

module_init(often_init);
module_exit(often_exit);
MODULE_LICENSE("Dual MIT/GPL");
