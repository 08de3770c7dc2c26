// SPDX-License-Identifier: MIT OR Apache-2.0
/* A thread is created and never woken.
 *
 * kind: hung task
 * told: INFO: task created:3 blocked for more than 0.2 seconds.
 * run: --hung-task 200ms --for 1s
 */
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>
static struct task_struct *thread;

static int thread_fn(void *data)
{
	return 0;
}

static int __init zoo_init(void)
{
	thread = kthread_create(thread_fn, NULL, "created"); /* TOLD */
	return PTR_ERR_OR_ZERO(thread);
}

static void __exit zoo_exit(void)
{
	kthread_stop(thread);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
