// SPDX-License-Identifier: MIT OR Apache-2.0
/* A block is freed when the notifier in it is unregistered.
 *
 * kind: freed while active
 */
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/slab.h>

struct device_data {
	int count;
	struct notifier_block listener;
};

static struct device_data *data;

static BLOCKING_NOTIFIER_HEAD(chain);

static int hear(struct notifier_block *block, unsigned long event, void *unused)
{
	return NOTIFY_DONE;
}

static int __init zoo_init(void)
{
	data = kzalloc(sizeof(*data), GFP_KERNEL);
	data->listener.notifier_call = hear;
	blocking_notifier_chain_register(&chain, &data->listener);
	blocking_notifier_chain_unregister(&chain, &data->listener);
	kfree(data);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
