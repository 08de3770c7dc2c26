// SPDX-License-Identifier: MIT OR Apache-2.0
/* A kthread_worker lives on when the module goes.
 *
 * kind: left at unload
 * told: kthread_worker "sender" is still there
 */
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>

static struct kthread_worker *sender;

static int __init zoo_init(void)
{
	sender = kthread_create_worker(0, "sender"); /* TOLD */
	return PTR_ERR_OR_ZERO(sender);
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
