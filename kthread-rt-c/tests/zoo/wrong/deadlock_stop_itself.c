// SPDX-License-Identifier: MIT OR Apache-2.0
/* A thread stops itself.
 *
 * kind: deadlock
 * told: a kthread can't wait for its own end
 */
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
static int thread_fn(void *data)
{
	kthread_stop(current); /* TOLD */
	return 0;
}

static int __init zoo_init(void)
{
	return PTR_ERR_OR_ZERO(kthread_run(thread_fn, NULL, "thread"));
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
