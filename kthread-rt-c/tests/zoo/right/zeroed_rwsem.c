// SPDX-License-Identifier: MIT OR Apache-2.0
/* init_rwsem() comes first.
 *
 * kind: used before its initialisation
 */
#include <linux/module.h>
#include <linux/rwsem.h>

static struct rw_semaphore sem;

static int __init zoo_init(void)
{
	init_rwsem(&sem);
	down_read(&sem);
	up_read(&sem);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
