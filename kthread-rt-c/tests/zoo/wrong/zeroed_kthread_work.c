// SPDX-License-Identifier: MIT OR Apache-2.0
/* A kthread_work is queued before kthread_init_work().
 *
 * kind: used before its initialisation
 * told: used uninitialised
 */
#include <linux/kthread.h>
#include <linux/module.h>

static void function(struct kthread_work *work)
{
}

static struct kthread_work work;
static struct kthread_worker *worker;

static int __init zoo_init(void)
{
	worker = kthread_create_worker(0, "zoo");
	if (IS_ERR(worker))
		return PTR_ERR(worker);
	kthread_queue_work(worker, &work); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
	kthread_destroy_worker(worker);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
