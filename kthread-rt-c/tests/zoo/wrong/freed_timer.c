// SPDX-License-Identifier: MIT OR Apache-2.0
/* A block is freed with a timer in it that is armed.
 *
 * kind: freed while active
 * told: free of an active object: timer, function tick(), armed by mod_timer()
 */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/timer.h>

struct device_data {
	int count;
	struct timer_list timer;
};

static struct device_data *data;

static void tick(struct timer_list *timer)
{
}

static int __init zoo_init(void)
{
	data = kzalloc(sizeof(*data), GFP_KERNEL);
	timer_setup(&data->timer, tick, 0);
	mod_timer(&data->timer, jiffies + 3600 * HZ);
	kfree(data); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
