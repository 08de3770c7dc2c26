// SPDX-License-Identifier: MIT OR Apache-2.0
/* A kthread_worker is destroyed twice.
 *
 * kind: freed twice
 * told: was destroyed already
 */
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>

static int __init zoo_init(void)
{
	struct kthread_worker *worker = kthread_create_worker(0, "twice");

	if (IS_ERR(worker))
		return PTR_ERR(worker);
	kthread_destroy_worker(worker);
	kthread_destroy_worker(worker); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
