// SPDX-License-Identifier: MIT OR Apache-2.0
/* A kthread_worker is destroyed before the module goes.
 *
 * kind: left at unload
 */
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>

static struct kthread_worker *sender;

static int __init zoo_init(void)
{
	sender = kthread_create_worker(0, "sender");
	return PTR_ERR_OR_ZERO(sender);
}

static void __exit zoo_exit(void)
{
	kthread_destroy_worker(sender);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
