// SPDX-License-Identifier: MIT OR Apache-2.0
/* INIT_WORK() comes first.
 *
 * kind: used before its initialisation
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

static void function(struct work_struct *work)
{
}

struct device_data {
	struct work_struct work;
};

static int __init zoo_init(void)
{
	struct device_data *data = kzalloc(sizeof(*data), GFP_KERNEL);

	if (!data)
		return -ENOMEM;
	INIT_WORK(&data->work, function);
	cancel_work_sync(&data->work);
	kfree(data);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
