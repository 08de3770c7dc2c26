// SPDX-License-Identifier: MIT OR Apache-2.0
/* A delayed kthread_work is initialised again while it waits for its timer.
 *
 * kind: initialised while active
 * told: initialisation of an active object: kthread
 */
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/module.h>

static struct kthread_delayed_work work;

static void run(struct kthread_work *work)
{
}

static int __init zoo_init(void)
{
	struct kthread_worker *worker = kthread_create_worker(0, "serves");

	if (IS_ERR(worker))
		return PTR_ERR(worker);
	kthread_init_delayed_work(&work, run);
	kthread_queue_delayed_work(worker, &work, 3600 * HZ);
	kthread_init_delayed_work(&work, run); /* TOLD */
	kthread_destroy_worker(worker);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
