// SPDX-License-Identifier: MIT OR Apache-2.0
/* A workqueue is made and destroyed, two times: often at the same address.
 *
 * kind: freed twice
 */
#include <linux/workqueue.h>
#include <linux/module.h>

static int __init zoo_init(void)
{
	int round;

	for (round = 0; round < 2; round++) {
		struct workqueue_struct *wq = alloc_workqueue("twice", 0, 0);

		if (!wq)
			return -ENOMEM;
		destroy_workqueue(wq);
	}
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
