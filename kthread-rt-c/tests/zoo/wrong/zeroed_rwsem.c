// SPDX-License-Identifier: MIT OR Apache-2.0
/* An rwsem is locked before init_rwsem().
 *
 * kind: used before its initialisation
 * told: used uninitialised
 */
#include <linux/module.h>
#include <linux/rwsem.h>

static struct rw_semaphore sem;

static int __init zoo_init(void)
{
	down_read(&sem); /* TOLD */
	up_read(&sem);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
