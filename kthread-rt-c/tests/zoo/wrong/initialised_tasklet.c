// SPDX-License-Identifier: MIT OR Apache-2.0
/* A tasklet is set up again while it is scheduled.
 *
 * kind: initialised while active
 * told: initialisation of an active object: tasklet
 */
#include <linux/interrupt.h>
#include <linux/module.h>

static struct tasklet_struct tasklet;

static void run(struct tasklet_struct *tasklet)
{
}

static int __init zoo_init(void)
{
	tasklet_setup(&tasklet, run);
	tasklet_disable(&tasklet);
	tasklet_schedule(&tasklet);
	tasklet_setup(&tasklet, run); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
