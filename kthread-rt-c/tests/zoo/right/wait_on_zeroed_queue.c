// SPDX-License-Identifier: MIT OR Apache-2.0
/* init_waitqueue_head() comes first.
 *
 * kind: used before its initialisation
 */
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/wait.h>

static wait_queue_head_t queue;

static int __init zoo_init(void)
{
	DEFINE_WAIT(entry);

	init_waitqueue_head(&queue);
	prepare_to_wait(&queue, &entry, TASK_INTERRUPTIBLE);
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
