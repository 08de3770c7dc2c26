// SPDX-License-Identifier: MIT OR Apache-2.0
/* It was.
 *
 * kind: used before its initialisation
 */
#include <linux/module.h>
#include <linux/workqueue.h>

static void function(struct work_struct *work)
{
}

static struct work_struct work;

static int __init zoo_init(void)
{
	INIT_WORK(&work, function);
	flush_work(&work);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
