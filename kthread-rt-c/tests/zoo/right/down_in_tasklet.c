// SPDX-License-Identifier: MIT OR Apache-2.0
/* A tasklet tries a semaphore.
 *
 * kind: sleeping where it is wrong
 */
#include <linux/completion.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/semaphore.h>

static DECLARE_COMPLETION(called);
static DEFINE_SEMAPHORE(semaphore);

static void function(struct tasklet_struct *tasklet)
{
	if (!down_trylock(&semaphore))
		up(&semaphore);
	complete(&called);
}

static DECLARE_TASKLET(tasklet, function);

static int __init zoo_init(void)
{
	tasklet_schedule(&tasklet);
	wait_for_completion(&called);
	return 0;
}

static void __exit zoo_exit(void)
{
	tasklet_kill(&tasklet);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
