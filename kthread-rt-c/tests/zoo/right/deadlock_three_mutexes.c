// SPDX-License-Identifier: MIT OR Apache-2.0
/* Three threads that wait in a chain, the last of which goes on.
 *
 * kind: deadlock
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
static DEFINE_MUTEX(one);
static DEFINE_MUTEX(two);
static DEFINE_MUTEX(three);
static DECLARE_COMPLETION(go);

/* Waits until it sleeps, in whatever it does next. */
static void asleep(struct task_struct *task)
{
	wait_task_inactive(task, 0);
}

static int first_fn(void *data)
{
	mutex_lock(&one);
	mutex_lock(&two);
	mutex_unlock(&two);
	mutex_unlock(&one);
	return 0;
}

static int second_fn(void *data)
{
	mutex_lock(&two);
	mutex_lock(&three);
	mutex_unlock(&three);
	mutex_unlock(&two);
	return 0;
}

static int third_fn(void *data)
{
	mutex_lock(&three);
	wait_for_completion(&go);
	/* It wants no other. */
	mutex_unlock(&three);
	return 0;
}

static int __init zoo_init(void)
{
	struct task_struct *third = kthread_run(third_fn, NULL, "third");

	asleep(third);
	asleep(kthread_run(second_fn, NULL, "second"));
	asleep(kthread_run(first_fn, NULL, "first"));
	complete(&go);
	asleep(third);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
