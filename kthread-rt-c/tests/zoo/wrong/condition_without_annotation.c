// SPDX-License-Identifier: MIT OR Apache-2.0
/* might_sleep() with a state set.
 *
 * kind: sleeping where it is wrong
 * told: do not call blocking ops when !TASK_RUNNING
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>

static DEFINE_MUTEX(mutex);

static int __init zoo_init(void)
{
	set_current_state(TASK_INTERRUPTIBLE);
	might_sleep(); /* TOLD */
	__set_current_state(TASK_RUNNING);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
