// SPDX-License-Identifier: MIT OR Apache-2.0
/* A task lets a reader's lock of a rwsem go that another one has.
 *
 * kind: unlock by the wrong task
 * told: the read lock belongs to task "holder"
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/rwsem.h>

static DECLARE_RWSEM(sem);
static DECLARE_COMPLETION(taken);
static DECLARE_COMPLETION(go_on);
static struct task_struct *task;

static int run(void *data)
{
	down_read(&sem);
	complete(&taken);
	wait_for_completion(&go_on);
	up_read(&sem);
	return 0;
}

static int __init zoo_init(void)
{
	task = kthread_run(run, NULL, "holder");
	if (IS_ERR(task))
		return PTR_ERR(task);
	wait_for_completion(&taken);
	up_read(&sem); /* TOLD */
	complete(&go_on);
	return 0;
}

static void __exit zoo_exit(void)
{
	kthread_stop(task);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
