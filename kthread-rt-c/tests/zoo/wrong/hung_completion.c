// SPDX-License-Identifier: MIT OR Apache-2.0
/* A thread waits for a completion that comes late.
 *
 * kind: hung task
 * told: INFO: task hangs:3 blocked for more than 0.2 seconds.
 * run: --hung-task 200ms --for 1s
 */
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
static DECLARE_COMPLETION(done);
static struct task_struct *thread;

static int thread_fn(void *data)
{
	wait_for_completion(&done); /* TOLD */
	return 0;
}

static int __init zoo_init(void)
{
	thread = kthread_run(thread_fn, NULL, "hangs");
	return PTR_ERR_OR_ZERO(thread);
}

static void __exit zoo_exit(void)
{
	complete(&done);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
