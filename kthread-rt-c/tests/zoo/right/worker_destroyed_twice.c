// SPDX-License-Identifier: MIT OR Apache-2.0
/* A kthread_worker is made and destroyed, two times: often at the same address.
 *
 * kind: freed twice
 */
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>

static int __init zoo_init(void)
{
	int round;

	for (round = 0; round < 2; round++) {
		struct kthread_worker *worker = kthread_create_worker(0, "twice");

		if (IS_ERR(worker))
			return PTR_ERR(worker);
		kthread_destroy_worker(worker);
	}
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
