// SPDX-License-Identifier: MIT OR Apache-2.0
/* An init returns with a mutex.
 *
 * kind: lock left behind
 * told: initcall zoo_init returned with 1 lock(s) held
 */
#include <linux/module.h>
#include <linux/mutex.h>

static DEFINE_MUTEX(lock);

static int __init zoo_init(void)
{
	mutex_lock(&lock); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
