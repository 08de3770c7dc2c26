// SPDX-License-Identifier: MIT OR Apache-2.0
/* Its exit leaves a timer armed, whose callback is in the module: in a kernel a jump into memory that is gone. */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/timer.h>

static void late(struct timer_list *timer)
{
	pr_info("the callback ran\n");
}

static DEFINE_TIMER(left_armed, late);

static int __init unloads_init(void)
{
	mod_timer(&left_armed, jiffies + msecs_to_jiffies(100));
	return 0;
}

static void __exit unloads_exit(void)
{
	pr_info("exit returns\n");
}

module_init(unloads_init);
module_exit(unloads_exit);
MODULE_LICENSE("Dual MIT/GPL");
