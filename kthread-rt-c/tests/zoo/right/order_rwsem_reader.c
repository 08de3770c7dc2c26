// SPDX-License-Identifier: MIT OR Apache-2.0
/* A mutex under readers and writers of a rwsem.
 *
 * kind: order of locks
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
	down_write(&tree);
	mutex_lock(&log);
	mutex_unlock(&log);
	up_write(&tree);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
