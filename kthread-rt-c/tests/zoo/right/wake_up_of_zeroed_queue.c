// SPDX-License-Identifier: MIT OR Apache-2.0
/* init_waitqueue_head() comes first.
 *
 * kind: used before its initialisation
 */
#include <linux/module.h>
#include <linux/wait.h>

static wait_queue_head_t queue;

static int __init zoo_init(void)
{
	init_waitqueue_head(&queue);
	wake_up(&queue);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
