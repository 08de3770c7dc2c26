// SPDX-License-Identifier: MIT OR Apache-2.0
/* A mutex, which nobody holds, is locked inside of a spinlock.
 *
 * kind: sleeping where it is wrong
 * told: sleeping function called from invalid context
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);
static DEFINE_MUTEX(mutex);

static int __init zoo_init(void)
{
	spin_lock(&lock);
	mutex_lock(&mutex); /* TOLD */
	mutex_unlock(&mutex);
	spin_unlock(&lock);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
