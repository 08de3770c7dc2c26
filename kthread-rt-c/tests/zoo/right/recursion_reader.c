// SPDX-License-Identifier: MIT OR Apache-2.0
/* A reader of a rwsem tries to come again.
 *
 * kind: recursion
 */
#include <linux/module.h>
#include <linux/rwsem.h>

static DECLARE_RWSEM(sem);

static int __init zoo_init(void)
{
	down_read(&sem);
	if (down_read_trylock(&sem))
		up_read(&sem);
	up_read(&sem);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
