// SPDX-License-Identifier: MIT OR Apache-2.0
/* A work of a kthread_worker returns with a rwsem.
 *
 * kind: lock left behind
 * told: last function: function
 */
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/rwsem.h>

static DECLARE_RWSEM(sem);
static struct kthread_worker *worker;

static void function(struct kthread_work *work)
{
	down_write(&sem); /* TOLD */
}

static DEFINE_KTHREAD_WORK(work, function);

static int __init zoo_init(void)
{
	worker = kthread_create_worker(0, "zoo");
	if (IS_ERR(worker))
		return PTR_ERR(worker);
	kthread_queue_work(worker, &work);
	kthread_flush_work(&work);
	return 0;
}

static void __exit zoo_exit(void)
{
	kthread_destroy_worker(worker);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
