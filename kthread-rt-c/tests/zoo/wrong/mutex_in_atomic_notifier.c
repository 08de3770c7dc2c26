// SPDX-License-Identifier: MIT OR Apache-2.0
/* A callback of an atomic chain locks a mutex.
 *
 * kind: sleeping where it is wrong
 * told: RCU nest depth 1
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>

static DEFINE_MUTEX(mutex);

static int notified(struct notifier_block *block, unsigned long action, void *data)
{
	mutex_lock(&mutex); /* TOLD */
	mutex_unlock(&mutex);
	return NOTIFY_OK;
}

static struct notifier_block block = { .notifier_call = notified };
static ATOMIC_NOTIFIER_HEAD(chain);

static int __init zoo_init(void)
{
	atomic_notifier_chain_register(&chain, &block);
	atomic_notifier_call_chain(&chain, 0, NULL);
	return 0;
}

static void __exit zoo_exit(void)
{
	atomic_notifier_chain_unregister(&chain, &block);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
