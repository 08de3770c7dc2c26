// SPDX-License-Identifier: MIT OR Apache-2.0
/* A mutex and a rt_mutex, always the mutex first.
 *
 * kind: deadlock
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rtmutex.h>
#include <linux/sched.h>
static DEFINE_MUTEX(one);
static DEFINE_RT_MUTEX(two);
static DECLARE_COMPLETION(go);

/* Waits until it sleeps, in whatever it does next. */
static void asleep(struct task_struct *task)
{
	wait_task_inactive(task, 0);
}

static int a_fn(void *data)
{
	mutex_lock(&one);
	wait_for_completion(&go);
	rt_mutex_lock(&two);
	rt_mutex_unlock(&two);
	mutex_unlock(&one);
	return 0;
}

static int b_fn(void *data)
{
	mutex_lock(&one);
	rt_mutex_lock(&two);
	rt_mutex_unlock(&two);
	mutex_unlock(&one);
	return 0;
}

static int __init zoo_init(void)
{
	struct task_struct *a, *b;

	a = kthread_run(a_fn, NULL, "a");
	asleep(a);
	b = kthread_run(b_fn, NULL, "b");
	asleep(b);
	complete(&go);
	asleep(a);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
