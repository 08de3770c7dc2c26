// SPDX-License-Identifier: MIT OR Apache-2.0
/* A semaphore is counted up before sema_init().
 *
 * kind: used before its initialisation
 * told: used uninitialised
 */
#include <linux/module.h>
#include <linux/semaphore.h>

static struct semaphore sem;

static int __init zoo_init(void)
{
	up(&sem); /* TOLD */
	down(&sem);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
