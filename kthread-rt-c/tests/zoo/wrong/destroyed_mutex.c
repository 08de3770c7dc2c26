// SPDX-License-Identifier: MIT OR Apache-2.0
/* A mutex is destroyed while it is locked.
 *
 * kind: initialised while active
 * told: the mutex is locked
 */
#include <linux/module.h>
#include <linux/mutex.h>

static DEFINE_MUTEX(lock);

static int __init zoo_init(void)
{
	mutex_lock(&lock);
	mutex_destroy(&lock); /* TOLD */
	mutex_unlock(&lock);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
