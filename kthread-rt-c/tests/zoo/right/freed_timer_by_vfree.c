// SPDX-License-Identifier: MIT OR Apache-2.0
/* vmalloc's memory is freed when the timer in it is deleted.
 *
 * kind: freed while active
 */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/timer.h>
#include <linux/vmalloc.h>

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
	data = vzalloc(sizeof(*data));
	timer_setup(&data->timer, tick, 0);
	mod_timer(&data->timer, jiffies + 3600 * HZ);
	del_timer_sync(&data->timer);
	vfree(data);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
