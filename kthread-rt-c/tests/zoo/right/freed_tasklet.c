// SPDX-License-Identifier: MIT OR Apache-2.0
/* A block is freed when the tasklet in it is killed.
 *
 * kind: freed while active
 */
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/slab.h>

struct device_data {
	int count;
	struct tasklet_struct tasklet;
};

static struct device_data *data;

static void receive(struct tasklet_struct *tasklet)
{
}

static int __init zoo_init(void)
{
	data = kzalloc(sizeof(*data), GFP_KERNEL);
	tasklet_setup(&data->tasklet, receive);
	tasklet_disable(&data->tasklet);
	tasklet_schedule(&data->tasklet);
	tasklet_enable(&data->tasklet);
	tasklet_kill(&data->tasklet);
	kfree(data);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
