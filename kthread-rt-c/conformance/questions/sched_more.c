// SPDX-License-Identifier: MIT OR Apache-2.0
/* Of scheduling, what fewer modules use. */
#include "ask.h"
#include <linux/sched/rt.h>
#include <uapi/linux/sched/types.h>

static struct completion begun;

static int stays(void *data)
{
	complete(&begun);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT);
	return 0;
}

CASE(attributes, "sched_setattr_nocheck sched_attr rt_task rt_prio SCHED_BATCH SCHED_IDLE SCHED_RR")
{
	static const struct {
		unsigned int policy, priority;
		int nice;
	} of[] = {
		{ SCHED_BATCH, 0, 4 },
		{ SCHED_IDLE, 0, 0 },
		{ SCHED_RR, 7, 0 },
		{ SCHED_FIFO, 99, 0 },
		{ SCHED_FIFO, 100, 0 },
		{ SCHED_FIFO, 0, 0 },
		{ SCHED_NORMAL, 1, 0 },
		{ 77, 0, 0 },
		{ SCHED_NORMAL, 0, -2 },
	};
	struct task_struct *task;
	int i;

	init_completion(&begun);
	task = ask_thread(stays, NULL);
	if (!task)
		return;
	wait_for_completion(&begun);
	for (i = 0; i < ARRAY_SIZE(of); i++) {
		struct sched_attr attr = {
			.size = sizeof(attr),
			.sched_policy = of[i].policy,
			.sched_priority = of[i].priority,
			.sched_nice = of[i].nice,
		};
		int set = sched_setattr_nocheck(task, &attr);

		answer("policy=%u priority=%u nice=%d set=%d policy_then=%u prio=%d rt=%u nice_then=%d rt_task=%d rt_prio=%d",
		       of[i].policy, of[i].priority, of[i].nice, set, task->policy, task->prio, task->rt_priority,
			       task_nice(task),
		       rt_task(task), rt_prio(task->prio));
	}
	kthread_stop(task);
}

CASE(can, "can_nice")
{
	struct task_struct *task;

	init_completion(&begun);
	task = ask_thread(stays, NULL);
	if (!task)
		return;
	wait_for_completion(&begun);
	answer("better=%d worse=%d", can_nice(task, -20), can_nice(task, 19));
	kthread_stop(task);
}

ASK_MODULE(&case_attributes, &case_can);
