// SPDX-License-Identifier: MIT OR Apache-2.0
/* With interrupts off, udelay(); a sleep when they are on.
 *
 * kind: sleeping where it is wrong
 */
#include <linux/delay.h>
#include <linux/irqflags.h>
#include <linux/module.h>

static int __init zoo_init(void)
{
	unsigned long flags;

	local_irq_save(flags);
	udelay(1);
	local_irq_restore(flags);
	msleep(1);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
