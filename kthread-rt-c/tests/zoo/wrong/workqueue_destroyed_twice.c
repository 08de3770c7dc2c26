// SPDX-License-Identifier: MIT OR Apache-2.0
/* A workqueue is destroyed twice.
 *
 * kind: freed twice
 * told: was destroyed already
 */
#include <linux/workqueue.h>
#include <linux/module.h>

static int __init zoo_init(void)
{
	struct workqueue_struct *wq = alloc_workqueue("twice", 0, 0);

	if (!wq)
		return -ENOMEM;
	destroy_workqueue(wq);
	destroy_workqueue(wq); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
