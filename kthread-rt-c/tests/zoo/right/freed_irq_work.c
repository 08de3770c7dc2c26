// SPDX-License-Identifier: MIT OR Apache-2.0
/* A block is freed after the irq_work in it has run.
 *
 * kind: freed while active
 */
#include <linux/irq_work.h>
#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/slab.h>

struct device_data {
	int count;
	struct irq_work work;
};

static struct device_data *data;

static void interrupt(struct irq_work *work)
{
}

static int __init zoo_init(void)
{
	unsigned long flags;

	data = kzalloc(sizeof(*data), GFP_KERNEL);
	if (!data)
		return -ENOMEM;
	init_irq_work(&data->work, interrupt);
	local_irq_save(flags);
	irq_work_queue(&data->work);
	local_irq_restore(flags);
	irq_work_sync(&data->work);
	kfree(data);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
