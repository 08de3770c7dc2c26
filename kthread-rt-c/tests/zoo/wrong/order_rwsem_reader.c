// SPDX-License-Identifier: MIT OR Apache-2.0
/* A mutex under a reader of a rwsem, and a writer of it under the mutex.
 *
 * kind: order of locks
 * told: possible circular locking dependency detected
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>

static DECLARE_RWSEM(tree);
static DEFINE_MUTEX(log);

static int __init zoo_init(void)
{
	down_read(&tree);
	mutex_lock(&log);
	mutex_unlock(&log);
	up_read(&tree);
	mutex_lock(&log);
	down_write(&tree); /* TOLD */
	up_write(&tree);
	mutex_unlock(&log);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
