// SPDX-License-Identifier: MIT OR Apache-2.0
/* A mutex is destroyed when it was unlocked.
 *
 * kind: initialised while active
 */
#include <linux/module.h>
#include <linux/mutex.h>

static DEFINE_MUTEX(lock);

static int __init zoo_init(void)
{
	mutex_lock(&lock);
	mutex_unlock(&lock);
	mutex_destroy(&lock);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
