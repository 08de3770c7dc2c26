// SPDX-License-Identifier: MIT OR Apache-2.0
/* A thread computes for long, and lets nobody else run.
 *
 * kind: hung task
 * told: BUG: soft lockup - spins:3
 * run: --hung-task 200ms --for 2s
 */
#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>
static bool over;
static struct task_struct *thread;

static int thread_fn(void *data)
{
	while (!READ_ONCE(over)) /* TOLD */
		cpu_relax();
	return 0;
}

static int __init zoo_init(void)
{
	thread = kthread_run(thread_fn, NULL, "spins");
	return PTR_ERR_OR_ZERO(thread);
}

static void __exit zoo_exit(void)
{
	WRITE_ONCE(over, true);
	kthread_stop(thread);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
