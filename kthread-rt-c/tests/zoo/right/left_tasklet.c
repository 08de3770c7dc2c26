// SPDX-License-Identifier: MIT OR Apache-2.0
/* A tasklet is killed before the module goes.
 *
 * kind: left at unload
 */
#include <linux/interrupt.h>
#include <linux/module.h>

static void receive(struct tasklet_struct *tasklet)
{
}

static DECLARE_TASKLET_DISABLED(receiver, receive);

static int __init zoo_init(void)
{
	tasklet_schedule(&receiver);
	return 0;
}

static void __exit zoo_exit(void)
{
	tasklet_enable(&receiver);
	tasklet_kill(&receiver);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
