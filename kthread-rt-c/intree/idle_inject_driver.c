// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Drives drivers/powercap/idle_inject.c, which is built in in a kernel and never ends: it is
 * included, so that its threads can be let go at the end.
 */
#include "idle_inject.c"

#include <linux/delay.h>
#include <linux/module.h>
#include <linux/sched/signal.h>

#define IDLE_US 2000
#define RUN_US 3000

static bool plays(struct task_struct *task)
{
	return READ_ONCE(task->flags) & PF_IDLE;
}

static void until(struct task_struct *task, bool playing)
{
	while (plays(task) != playing)
		usleep_range(100, 200);
}

static int __init idle_inject_driver_init(void)
{
	unsigned int cpu = cpumask_first(cpu_online_mask);
	struct cpumask *mask = (struct cpumask *)cpumask_of(cpu);
	struct task_struct *task = per_cpu(idle_inject_thread, cpu).tsk;
	struct idle_inject_device *device, *other;
	unsigned int run = 0, idle = 0;
	ktime_t begin;
	int i;

	device = idle_inject_register(mask);
	pr_info("registered: %d\n", !IS_ERR_OR_NULL(device));
	other = idle_inject_register(mask);
	pr_info("registered twice: %d\n", !IS_ERR_OR_NULL(other));

	pr_info("started without durations: %d\n", idle_inject_start(device));
	idle_inject_set_duration(device, RUN_US, IDLE_US);
	idle_inject_set_duration(device, 0, IDLE_US + 1);
	idle_inject_get_duration(device, &run, &idle);
	pr_info("run %u us, idle %u us\n", run, idle);

	begin = ktime_get();
	pr_info("started: %d\n", idle_inject_start(device));
	for (i = 0; i < 5; i++) {
		until(task, true);
		until(task, false);
	}
	/*
	 * The first begins at once, each other one a cycle after the one before it, and each takes
	 * its time.
	 */
	pr_info("played idle 5 times, not faster than was asked for: %d\n",
		ktime_us_delta(ktime_get(), begin) >= 4 * (RUN_US + IDLE_US));
	/* What its setup has made of it, before it played. */
	pr_info("policy %u, per cpu: %d\n", task->policy, kthread_is_per_cpu(task));
	until(task, true);
	idle_inject_stop(device);
	until(task, false);
	wait_task_inactive(task, 0);
	pr_info("stopped: state %c\n", task_state_to_char(task));
	idle_inject_unregister(device);

	device = idle_inject_register(mask);
	pr_info("registered anew: %d\n", !IS_ERR_OR_NULL(device));
	idle_inject_unregister(device);
	return 0;
}

static void __exit idle_inject_driver_exit(void)
{
	smpboot_unregister_percpu_thread(&idle_inject_threads);
}

module_init(idle_inject_driver_init);
module_exit(idle_inject_driver_exit);
MODULE_LICENSE("Dual MIT/Apache-2.0");
