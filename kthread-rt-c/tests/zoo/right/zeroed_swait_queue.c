// SPDX-License-Identifier: MIT OR Apache-2.0
/* init_swait_queue_head() comes first.
 *
 * kind: used before its initialisation
 */
#include <linux/module.h>
#include <linux/swait.h>

static struct swait_queue_head queue;

static int __init zoo_init(void)
{
	init_swait_queue_head(&queue);
	swake_up_one(&queue);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
