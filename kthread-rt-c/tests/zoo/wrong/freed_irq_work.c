// SPDX-License-Identifier: MIT OR Apache-2.0
/* A block is freed while the irq_work in it is pending.
 *
 * kind: freed while active
 * told: free of an active object: irq_work, function interrupt(), queued by irq_work_queue()
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
	kfree(data); /* TOLD */
	local_irq_restore(flags);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
