// SPDX-License-Identifier: MIT OR Apache-2.0
/* An irq_work returns with a spinlock.
 *
 * kind: lock left behind
 * told: last function: function
 */
#include <linux/irq_work.h>
#include <linux/module.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);

static void function(struct irq_work *work)
{
	spin_lock(&lock); /* TOLD */
}

static struct irq_work work;

static int __init zoo_init(void)
{
	init_irq_work(&work, function);
	irq_work_queue(&work);
	irq_work_sync(&work);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
