// SPDX-License-Identifier: MIT OR Apache-2.0
/* A tasklet that is disabled is scheduled when the module goes.
 *
 * kind: left at unload
 * told: tasklet receiver, function receive(), is still scheduled
 */
#include <linux/interrupt.h>
#include <linux/module.h>

static void receive(struct tasklet_struct *tasklet)
{
}

static DECLARE_TASKLET_DISABLED(receiver, receive);

static int __init zoo_init(void)
{
	tasklet_schedule(&receiver); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
