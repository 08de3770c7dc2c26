// SPDX-License-Identifier: MIT OR Apache-2.0
/* A callback of a blocking chain may.
 *
 * kind: sleeping where it is wrong
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>

static DEFINE_MUTEX(mutex);

static int notified(struct notifier_block *block, unsigned long action, void *data)
{
	mutex_lock(&mutex);
	mutex_unlock(&mutex);
	return NOTIFY_OK;
}

static struct notifier_block block = { .notifier_call = notified };
static BLOCKING_NOTIFIER_HEAD(chain);

static int __init zoo_init(void)
{
	blocking_notifier_chain_register(&chain, &block);
	blocking_notifier_call_chain(&chain, 0, NULL);
	return 0;
}

static void __exit zoo_exit(void)
{
	blocking_notifier_chain_unregister(&chain, &block);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
