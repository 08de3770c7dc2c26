// SPDX-License-Identifier: MIT OR Apache-2.0
/* It is locked after that.
 *
 * kind: sleeping where it is wrong
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>

static DEFINE_MUTEX(mutex);

static int __init zoo_init(void)
{
	set_current_state(TASK_INTERRUPTIBLE);
	schedule_timeout(1);
	mutex_lock(&mutex);
	mutex_unlock(&mutex);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
