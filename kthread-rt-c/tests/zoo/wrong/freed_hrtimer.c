// SPDX-License-Identifier: MIT OR Apache-2.0
/* A block is freed with an hrtimer in it that is armed.
 *
 * kind: freed while active
 * told: free of an active object: hrtimer, function pulse(), armed by hrtimer_start()
 */
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/slab.h>

struct device_data {
	int count;
	struct hrtimer timer;
};

static struct device_data *data;

static enum hrtimer_restart pulse(struct hrtimer *timer)
{
	return HRTIMER_NORESTART;
}

static int __init zoo_init(void)
{
	data = kzalloc(sizeof(*data), GFP_KERNEL);
	hrtimer_init(&data->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	data->timer.function = pulse;
	hrtimer_start(&data->timer, ktime_set(3600, 0), HRTIMER_MODE_REL);
	kfree(data); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
