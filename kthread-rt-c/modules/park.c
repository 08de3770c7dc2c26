// SPDX-License-Identifier: MIT OR Apache-2.0
/* Parking: a thread that stands aside where it can do no harm, until it is let go on. */
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(wq);
static DECLARE_COMPLETION(turned);
/* Work for the thread. */
static bool asked;
static struct task_struct *task;

static int parker(void *data)
{
	int turns = 0;

	for (;;) {
		wait_event(wq, kthread_should_stop() || kthread_should_park() || READ_ONCE(asked));
		if (kthread_should_stop())
			return turns;
		if (kthread_should_park()) {
			kthread_parkme();
			continue;
		}
		WRITE_ONCE(asked, false);
		turns++;
		complete(&turned);
	}
}

static void turn(void)
{
	WRITE_ONCE(asked, true);
	wake_up(&wq);
}

static int __init park_init(void)
{
	int ret;

	task = kthread_create(parker, NULL, "parker");
	if (IS_ERR(task))
		return PTR_ERR(task);
	wake_up_process(task);
	turn();
	wait_for_completion(&turned);
	pr_info("%s[%d] has turned once\n", task->comm, task->pid);

	ret = kthread_park(task);
	pr_info("kthread_park returned %d, state %c\n", ret, task_state_to_char(task));
	turn();
	pr_info("it is asked to turn and stays parked: %d\n", !try_wait_for_completion(&turned));
	kthread_unpark(task);
	wait_for_completion(&turned);
	pr_info("unparked, it has turned\n");
	return 0;
}

static void __exit park_exit(void)
{
	pr_info("it returned %d\n", kthread_stop(task));
}

module_init(park_init);
module_exit(park_exit);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("Parks and unparks a thread");
