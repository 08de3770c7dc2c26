// SPDX-License-Identifier: MIT OR Apache-2.0
/* vmalloc() comes before the rwlock.
 *
 * kind: sleeping where it is wrong
 */
#include <linux/module.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>

static DEFINE_RWLOCK(lock);

static int __init zoo_init(void)
{
	void *block = vmalloc(4096);

	write_lock(&lock);
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
