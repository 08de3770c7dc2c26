// SPDX-License-Identifier: MIT OR Apache-2.0
/* A workqueue is destroyed before the module goes.
 *
 * kind: left at unload
 */
#include <linux/module.h>
#include <linux/workqueue.h>

static struct workqueue_struct *queue;

static int __init zoo_init(void)
{
	queue = alloc_workqueue("frames", 0, 0);
	return queue ? 0 : -ENOMEM;
}

static void __exit zoo_exit(void)
{
	destroy_workqueue(queue);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
