// SPDX-License-Identifier: MIT OR Apache-2.0
/* A sleep with interrupts off.
 *
 * kind: sleeping where it is wrong
 * told: sleeping function called from invalid context
 */
#include <linux/delay.h>
#include <linux/irqflags.h>
#include <linux/module.h>

static int __init zoo_init(void)
{
	unsigned long flags;

	local_irq_save(flags);
	msleep(1); /* TOLD */
	local_irq_restore(flags);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
