// SPDX-License-Identifier: MIT OR Apache-2.0
/* A tasklet reads under an rwlock that a task takes for writing with softirqs on.
 *
 * kind: lock of an interrupt
 * told: inconsistent lock state
 */
#include <linux/completion.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/spinlock.h>

static DEFINE_RWLOCK(table);
static DECLARE_COMPLETION(done);

static void lookup(struct tasklet_struct *tasklet)
{
	read_lock(&table);
	read_unlock(&table);
	complete(&done);
}

static DECLARE_TASKLET(tasklet, lookup);

static int __init zoo_init(void)
{
	tasklet_schedule(&tasklet);
	wait_for_completion(&done);
	write_lock(&table); /* TOLD */
	write_unlock(&table);
	return 0;
}

static void __exit zoo_exit(void)
{
	tasklet_kill(&tasklet);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
