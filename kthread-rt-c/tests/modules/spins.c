// SPDX-License-Identifier: MIT OR Apache-2.0
/* Its exit waits, with a spinlock held, for a thread that spins for that. */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);
static DECLARE_COMPLETION(begun);
static DECLARE_COMPLETION(go_on);
static struct task_struct *task;

static int spinner(void *data)
{
	complete(&begun);
	wait_for_completion(&go_on);
	spin_lock(&lock);
	spin_unlock(&lock);
	return 0;
}

static int __init spins_init(void)
{
	task = kthread_run(spinner, NULL, "spinner");
	if (IS_ERR(task))
		return PTR_ERR(task);
	wait_for_completion(&begun);
	return 0;
}

static void __exit spins_exit(void)
{
	spin_lock(&lock);
	complete(&go_on);
	kthread_stop(task);
	spin_unlock(&lock);
}

module_init(spins_init);
module_exit(spins_exit);
MODULE_LICENSE("Dual MIT/GPL");
