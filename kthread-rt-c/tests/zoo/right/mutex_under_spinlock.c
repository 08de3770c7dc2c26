// SPDX-License-Identifier: MIT OR Apache-2.0
/* A spinlock is locked inside of a mutex.
 *
 * kind: sleeping where it is wrong
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);
static DEFINE_MUTEX(mutex);

static int __init zoo_init(void)
{
	mutex_lock(&mutex);
	spin_lock(&lock);
	spin_unlock(&lock);
	mutex_unlock(&mutex);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
