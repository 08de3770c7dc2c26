// SPDX-License-Identifier: MIT OR Apache-2.0
/* A workqueue is there when the module goes.
 *
 * kind: left at unload
 * told: workqueue "frames" is still there
 */
#include <linux/module.h>
#include <linux/workqueue.h>

static struct workqueue_struct *queue;

static int __init zoo_init(void)
{
	queue = alloc_workqueue("frames", 0, 0); /* TOLD */
	return queue ? 0 : -ENOMEM;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
