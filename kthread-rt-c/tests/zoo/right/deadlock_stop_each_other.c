// SPDX-License-Identifier: MIT OR Apache-2.0
/* One thread stops the other, which ends.
 *
 * kind: deadlock
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>
static DECLARE_COMPLETION(go);
static struct task_struct *one, *two;

/* Waits until it sleeps, in whatever it does next. */
static void asleep(struct task_struct *task)
{
	wait_task_inactive(task, 0);
}

static int one_fn(void *data)
{
	wait_for_completion(&go);
	return 0;
}

static int two_fn(void *data)
{
	kthread_stop(one);
	return 0;
}

static int __init zoo_init(void)
{
	one = kthread_run(one_fn, NULL, "one");
	asleep(one);
	two = kthread_run(two_fn, NULL, "two");
	asleep(two);
	complete(&go);
	asleep(one);
	asleep(two);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
