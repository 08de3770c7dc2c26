// SPDX-License-Identifier: MIT OR Apache-2.0
/* A reader of a rwsem comes again: it hangs if a writer comes in between.
 *
 * kind: recursion
 * told: possible recursive locking detected
 */
#include <linux/module.h>
#include <linux/rwsem.h>

static DECLARE_RWSEM(sem);

static int __init zoo_init(void)
{
	down_read(&sem);
	down_read(&sem); /* TOLD */
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
