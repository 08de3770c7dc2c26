// SPDX-License-Identifier: MIT OR Apache-2.0
/* A work is waited for that INIT_WORK() was not called for.
 *
 * kind: used before its initialisation
 * told: used uninitialised
 */
#include <linux/module.h>
#include <linux/workqueue.h>

static void function(struct work_struct *work)
{
}

static struct work_struct work;

static int __init zoo_init(void)
{
	flush_work(&work); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
