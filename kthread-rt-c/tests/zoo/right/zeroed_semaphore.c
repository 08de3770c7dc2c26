// SPDX-License-Identifier: MIT OR Apache-2.0
/* sema_init() comes first.
 *
 * kind: used before its initialisation
 */
#include <linux/module.h>
#include <linux/semaphore.h>

static struct semaphore sem;

static int __init zoo_init(void)
{
	sema_init(&sem, 0);
	up(&sem);
	down(&sem);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
