// SPDX-License-Identifier: MIT OR Apache-2.0
/* It is asked for with GFP_ATOMIC, or after the wait.
 *
 * kind: sleeping where it is wrong
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
	block = kmalloc(16, GFP_ATOMIC);
	kfree(block);
	schedule_timeout(1);
	finish_wait(&queue, &entry);
	kfree(kmalloc(16, GFP_KERNEL));
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
