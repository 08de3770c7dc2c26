// SPDX-License-Identifier: MIT OR Apache-2.0
/* A wait queue is woken before init_waitqueue_head().
 *
 * kind: used before its initialisation
 * told: used uninitialised
 */
#include <linux/module.h>
#include <linux/wait.h>

static wait_queue_head_t queue;

static int __init zoo_init(void)
{
	wake_up(&queue); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
