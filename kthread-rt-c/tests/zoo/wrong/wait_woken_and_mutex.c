// SPDX-License-Identifier: MIT OR Apache-2.0
/* A condition is looked at under a mutex behind prepare_to_wait_exclusive().
 *
 * kind: sleeping where it is wrong
 * told: do not call blocking ops when !TASK_RUNNING
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static DEFINE_MUTEX(mutex);

static int __init zoo_init(void)
{
	DEFINE_WAIT(entry);

	prepare_to_wait_exclusive(&queue, &entry, TASK_INTERRUPTIBLE);
	if (mutex_lock_interruptible(&mutex)) /* TOLD */
		return -EINTR;
	mutex_unlock(&mutex);
	finish_wait(&queue, &entry);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
