// SPDX-License-Identifier: MIT OR Apache-2.0
/* A task that holds the queue's lock wakes it by the call for such callers.
 *
 * kind: deadlock
 */
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static DECLARE_COMPLETION(woken);

static int waker(void *data)
{
	spin_lock(&queue.lock);
	wake_up_locked(&queue);
	spin_unlock(&queue.lock);
	complete(&woken);
	return 0;
}

static int __init zoo_init(void)
{
	if (IS_ERR(kthread_run(waker, NULL, "waker")))
		return -EAGAIN;
	wait_for_completion(&woken);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
