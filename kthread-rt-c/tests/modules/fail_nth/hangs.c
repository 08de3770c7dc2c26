// SPDX-License-Identifier: MIT OR Apache-2.0
/* If there is no queue, the work that completes it is not queued, and it is waited for. */
#include <linux/completion.h>
#include <linux/module.h>
#include <linux/workqueue.h>

static DECLARE_COMPLETION(done);
static struct workqueue_struct *queue;

static void work_function(struct work_struct *work)
{
	complete(&done);
}

static DECLARE_WORK(work, work_function);

static int __init hangs_init(void)
{
	int error = 0;

	queue = alloc_workqueue("hangs", 0, 0);
	if (queue)
		queue_work(queue, &work);
	else
		error = -ENOMEM;
	wait_for_completion(&done);
	return error;
}

static void __exit hangs_exit(void)
{
	destroy_workqueue(queue);
}

module_init(hangs_init);
module_exit(hangs_exit);
MODULE_LICENSE("Dual MIT/GPL");
