// SPDX-License-Identifier: MIT OR Apache-2.0
/* Two kthread_workers, the works of which flush each other.
 *
 * kind: deadlock
 * told: deadlock: 2 tasks wait in a circle
 * run: --for 0s --exit-timeout 300ms
 * status: 6
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>
static struct kthread_worker *one, *two;
static DECLARE_COMPLETION(go);
static DECLARE_COMPLETION(begun);
static struct task_struct *first, *second;

/* Waits until it sleeps, in whatever it does next. */
static void asleep(struct task_struct *task)
{
	wait_task_inactive(task, 0);
}

static void in_two_fn(struct kthread_work *work)
{
	second = current;
	complete(&begun);
	wait_for_completion(&go);
	kthread_flush_worker(one); /* TOLD */
}

static DEFINE_KTHREAD_WORK(in_two, in_two_fn);

static void in_one_fn(struct kthread_work *work)
{
	first = current;
	complete(&begun);
	kthread_flush_worker(two);
}

static DEFINE_KTHREAD_WORK(in_one, in_one_fn);

static int __init zoo_init(void)
{
	one = kthread_create_worker(0, "one");
	two = kthread_create_worker(0, "two");
	kthread_queue_work(two, &in_two);
	wait_for_completion(&begun);
	kthread_queue_work(one, &in_one);
	wait_for_completion(&begun);
	asleep(first);
	complete(&go);
	asleep(second);
	return 0;
}

static void __exit zoo_exit(void)
{
	kthread_destroy_worker(one);
	kthread_destroy_worker(two);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
