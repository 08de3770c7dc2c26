// SPDX-License-Identifier: MIT OR Apache-2.0
/* A thread that may be interrupted waits as long.
 *
 * kind: hung task
 * run: --hung-task 200ms --for 1s
 */
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
static DEFINE_MUTEX(lock);
static DECLARE_COMPLETION(done);

static int holds_fn(void *data)
{
	mutex_lock(&lock);
	wait_for_completion_interruptible(&done);
	mutex_unlock(&lock);
	return 0;
}

static int wants_fn(void *data)
{
	if (mutex_lock_interruptible(&lock))
		return -EINTR;
	mutex_unlock(&lock);
	return 0;
}

static int __init zoo_init(void)
{
	wait_task_inactive(kthread_run(holds_fn, NULL, "holds"), 0);
	return PTR_ERR_OR_ZERO(kthread_run(wants_fn, NULL, "wants"));
}

static void __exit zoo_exit(void)
{
	complete(&done);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
