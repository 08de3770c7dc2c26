// SPDX-License-Identifier: MIT OR Apache-2.0
/* A thread puts a reference that its creator did not take.
 *
 * kind: reference counts
 * told: kref_put() by task "holder"
 */
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/kref.h>
#include <linux/kthread.h>
#include <linux/module.h>

static struct kref object;
static DECLARE_COMPLETION(put);

static void release(struct kref *kref)
{
	pr_info("released\n");
}

static int hold(void *data)
{
	kref_put(&object, release); /* TOLD */
	complete(&put);
	return 0;
}

static int __init zoo_init(void)
{
	struct task_struct *task;

	kref_init(&object);
	kref_put(&object, release);
	task = kthread_run(hold, NULL, "holder");
	if (IS_ERR(task))
		return PTR_ERR(task);
	wait_for_completion(&put);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
