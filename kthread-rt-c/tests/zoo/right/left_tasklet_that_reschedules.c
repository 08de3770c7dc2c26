// SPDX-License-Identifier: MIT OR Apache-2.0
/* A tasklet that reschedules itself is stopped before the module is unloaded.
 *
 * kind: left at unload
 */
#include <linux/completion.h>
#include <linux/interrupt.h>
#include <linux/module.h>

static bool ends;
static DECLARE_COMPLETION(scheduled_itself);
static int runs;

static void receive(struct tasklet_struct *tasklet);

static DECLARE_TASKLET(receiver, receive);

static void receive(struct tasklet_struct *tasklet)
{
	if (!READ_ONCE(ends))
		tasklet_schedule(tasklet);
	if (++runs == 2)
		complete(&scheduled_itself);
}

static int __init zoo_init(void)
{
	tasklet_schedule(&receiver);
	wait_for_completion(&scheduled_itself);
	return 0;
}

static void __exit zoo_exit(void)
{
	WRITE_ONCE(ends, true);
	tasklet_kill(&receiver);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
