// SPDX-License-Identifier: MIT OR Apache-2.0
/* A tasklet enables preemption again.
 *
 * kind: lock left behind
 */
#include <linux/completion.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/spinlock.h>

static DECLARE_COMPLETION(done);

static void lookup(struct tasklet_struct *tasklet)
{
	preempt_disable();
	preempt_enable();
	complete(&done);
}

static DECLARE_TASKLET(tasklet, lookup);

static int __init zoo_init(void)
{
	tasklet_schedule(&tasklet);
	wait_for_completion(&done);
	return 0;
}

static void __exit zoo_exit(void)
{
	tasklet_kill(&tasklet);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
