// SPDX-License-Identifier: MIT OR Apache-2.0
/* The mutex of a structure from kzalloc() is tried before mutex_init().
 *
 * kind: used before its initialisation
 * told: used uninitialised
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>

struct device_data {
	struct mutex mutex;
};

static int __init zoo_init(void)
{
	struct device_data *data = kzalloc(sizeof(*data), GFP_KERNEL);

	if (!data)
		return -ENOMEM;
	if (mutex_trylock(&data->mutex)) /* TOLD */
		mutex_unlock(&data->mutex);
	kfree(data);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
