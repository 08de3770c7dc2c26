// SPDX-License-Identifier: MIT OR Apache-2.0
/* A block is freed when the mutex in it is let go.
 *
 * kind: freed while active
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>

struct device_data {
	int count;
	struct mutex lock;
};

static struct device_data *data;

static int __init zoo_init(void)
{
	data = kzalloc(sizeof(*data), GFP_KERNEL);
	mutex_init(&data->lock);
	mutex_lock(&data->lock);
	mutex_unlock(&data->lock);
	kfree(data);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
