// SPDX-License-Identifier: MIT OR Apache-2.0
/* The condition of a wait_event() locks a mutex.
 *
 * kind: sleeping where it is wrong
 * told: do not call blocking ops when !TASK_RUNNING
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static DEFINE_MUTEX(mutex);
static int looks;

static bool condition(void)
{
	bool enough;

	mutex_lock(&mutex); /* TOLD */
	enough = ++looks > 1;
	mutex_unlock(&mutex);
	return enough;
}

static int __init zoo_init(void)
{
	wait_event(queue, condition());
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
