// SPDX-License-Identifier: MIT OR Apache-2.0
/* A reader of a rwsem lets it go before it writes.
 *
 * kind: recursion
 */
#include <linux/module.h>
#include <linux/rwsem.h>

static DECLARE_RWSEM(sem);

static int __init zoo_init(void)
{
	down_read(&sem);
	up_read(&sem);
	if (!down_write_killable(&sem))
		up_write(&sem);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
