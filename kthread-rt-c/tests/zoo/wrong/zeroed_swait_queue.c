// SPDX-License-Identifier: MIT OR Apache-2.0
/* A swait queue is woken before init_swait_queue_head().
 *
 * kind: used before its initialisation
 * told: used uninitialised
 */
#include <linux/module.h>
#include <linux/swait.h>

static struct swait_queue_head queue;

static int __init zoo_init(void)
{
	swake_up_one(&queue); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
