// SPDX-License-Identifier: MIT OR Apache-2.0
/* A function of a cpu's state that oopses ends its task, and keeps nobody else out of the cpus. */
#include <linux/bug.h>
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/kthread.h>
#include <linux/module.h>

static unsigned int the_cpu;
static bool oopses;

static int first_up(unsigned int cpu)
{
	pr_info("first+\n");
	return 0;
}

static int first_down(unsigned int cpu)
{
	pr_info("first-\n");
	return 0;
}

static int second_up(unsigned int cpu)
{
	BUG_ON(oopses);
	return 0;
}

static int adds(void *unused)
{
	return add_cpu(the_cpu);
}

static int sets_up(void *unused)
{
	return cpuhp_setup_state(CPUHP_BP_PREPARE_DYN, "x", second_up, NULL);
}

/* Whether it oopses: its value is none of its own then. */
static void run(int (*function)(void *), const char *name)
{
	struct task_struct *task;

	oopses = true;
	task = kthread_run(function, NULL, "%s", name);
	if (!IS_ERR(task)) {
		get_task_struct(task);
		while (!READ_ONCE(task->exit_state))
			schedule_timeout_uninterruptible(1);
		put_task_struct(task);
	}
	oopses = false;
}

static int __init begin(void)
{
	int first, second;

	the_cpu = cpumask_last(cpu_online_mask);
	if (num_online_cpus() == 1) {
		pr_info("a cpu alone can not go\n");
		return 0;
	}
	first = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, "first", first_up, first_down);
	second = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, "second", second_up, NULL);
	pr_info("goes: %d\n", remove_cpu(the_cpu));
	run(adds, "adds");
	pr_info("online: %d\n", cpu_online(the_cpu));
	pr_info("comes: %d\n", add_cpu(the_cpu));
	run(sets_up, "sets_up");
	pr_info("goes: %d\n", remove_cpu(the_cpu));
	pr_info("comes: %d\n", add_cpu(the_cpu));
	cpuhp_remove_state_nocalls(first);
	cpuhp_remove_state_nocalls(second);
	return 0;
}
module_init(begin);
MODULE_LICENSE("Dual MIT/GPL");
