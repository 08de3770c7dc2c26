// SPDX-License-Identifier: MIT OR Apache-2.0
/* A wake function counts under its queue's lock, which the waker holds.
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
static wait_queue_entry_t entry;
static int calls;

static int wake(wait_queue_entry_t *entry, unsigned int mode, int flags, void *key)
{
	if (waitqueue_active(&queue))
		calls++;
	list_del_init(&entry->entry);
	return 1;
}

static int waker(void *data)
{
	wake_up(&queue);
	complete(&woken);
	return 0;
}

static int __init zoo_init(void)
{
	init_waitqueue_func_entry(&entry, wake);
	add_wait_queue(&queue, &entry);
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
