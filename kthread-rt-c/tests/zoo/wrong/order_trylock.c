// SPDX-License-Identifier: MIT OR Apache-2.0
/* Who takes the first one waits for it, with the second one held.
 *
 * kind: order of locks
 * told: possible circular locking dependency detected
 */
#include <linux/module.h>
#include <linux/mutex.h>

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);

static int __init zoo_init(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);
	mutex_lock(&second);
	mutex_lock(&first); /* TOLD */
	mutex_unlock(&first);
	mutex_unlock(&second);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
