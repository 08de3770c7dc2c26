// SPDX-License-Identifier: MIT OR Apache-2.0
/* The condition locks a spinlock.
 *
 * kind: sleeping where it is wrong
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static DEFINE_SPINLOCK(lock);
static int looks;

static bool condition(void)
{
	bool enough;

	spin_lock(&lock);
	enough = ++looks > 1;
	spin_unlock(&lock);
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
