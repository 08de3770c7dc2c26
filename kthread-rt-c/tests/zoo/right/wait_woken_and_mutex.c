// SPDX-License-Identifier: MIT OR Apache-2.0
/* With wait_woken() the condition may sleep.
 *
 * kind: sleeping where it is wrong
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static DEFINE_MUTEX(mutex);

static int __init zoo_init(void)
{
	DEFINE_WAIT_FUNC(entry, woken_wake_function);

	add_wait_queue(&queue, &entry);
	mutex_lock(&mutex);
	mutex_unlock(&mutex);
	wait_woken(&entry, TASK_INTERRUPTIBLE, 1);
	remove_wait_queue(&queue, &entry);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
