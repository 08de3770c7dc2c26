// SPDX-License-Identifier: MIT OR Apache-2.0
/* vmalloc() with an rwlock held.
 *
 * kind: sleeping where it is wrong
 * told: sleeping function called from invalid context
 */
#include <linux/module.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>

static DEFINE_RWLOCK(lock);

static int __init zoo_init(void)
{
	void *block;

	write_lock(&lock);
	block = vmalloc(4096); /* TOLD */
	write_unlock(&lock);
	vfree(block);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
