// SPDX-License-Identifier: MIT OR Apache-2.0
/* Memory is asked for with GFP_KERNEL by a task that has queued up.
 *
 * kind: sleeping where it is wrong
 * told: do not call blocking ops when !TASK_RUNNING
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);

static int __init zoo_init(void)
{
	DEFINE_WAIT(entry);
	void *block;

	prepare_to_wait(&queue, &entry, TASK_UNINTERRUPTIBLE);
	block = kmalloc(16, GFP_KERNEL); /* TOLD */
	kfree(block);
	schedule_timeout(1);
	finish_wait(&queue, &entry);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
