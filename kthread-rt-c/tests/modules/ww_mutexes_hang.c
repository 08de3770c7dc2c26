// SPDX-License-Identifier: MIT OR Apache-2.0
/* Two tasks that take two ww_mutexes in opposite orders, without the contexts that would tell one to back off. */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/ww_mutex.h>

static DEFINE_WW_CLASS(class);
static DEFINE_WW_MUTEX(first_lock, class);
static DEFINE_WW_MUTEX(second_lock, class);
static DECLARE_COMPLETION(one_has);
static DECLARE_COMPLETION(other_has);
static DECLARE_COMPLETION(both_have);
static struct task_struct *one_task, *other_task;

static int one(void *data)
{
	ww_mutex_lock(&first_lock, NULL);
	complete(&one_has);
	wait_for_completion(&other_has);
	complete(&both_have);
	ww_mutex_lock(&second_lock, NULL);
	return 0;
}

static int other(void *data)
{
	ww_mutex_lock(&second_lock, NULL);
	complete(&other_has);
	wait_for_completion(&one_has);
	complete(&both_have);
	ww_mutex_lock(&first_lock, NULL);
	return 0;
}

static int __init ww_mutexes_hang_init(void)
{
	one_task = kthread_run(one, NULL, "one");
	other_task = kthread_run(other, NULL, "other");
	wait_for_completion(&both_have);
	wait_for_completion(&both_have);
	return 0;
}

static void __exit ww_mutexes_hang_exit(void)
{
	kthread_stop(one_task);
}

module_init(ww_mutexes_hang_init);
module_exit(ww_mutexes_hang_exit);
MODULE_LICENSE("Dual MIT/GPL");
