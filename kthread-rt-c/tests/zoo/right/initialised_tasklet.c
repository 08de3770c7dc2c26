// SPDX-License-Identifier: MIT OR Apache-2.0
/* A tasklet is set up again when it was killed.
 *
 * kind: initialised while active
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
	tasklet_schedule(&tasklet);
	tasklet_kill(&tasklet);
	tasklet_setup(&tasklet, run);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
