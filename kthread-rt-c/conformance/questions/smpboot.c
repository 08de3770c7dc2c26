// SPDX-License-Identifier: MIT OR Apache-2.0
/* Threads that each cpu has one of. */
#include "ask.h"
#include <linux/cpumask.h>
#include <linux/percpu.h>
#include <linux/smpboot.h>

static DEFINE_PER_CPU(struct task_struct *, tasks);
static DEFINE_PER_CPU(int, wanted);
static atomic_t setups, cleanups, runs, wrong_cpu, online;
static struct completion ran;

static int should_run(unsigned int cpu)
{
	return READ_ONCE(per_cpu(wanted, cpu));
}

static void runs_once(unsigned int cpu)
{
	if (cpu != raw_smp_processor_id() || current != per_cpu(tasks, cpu))
		atomic_inc(&wrong_cpu);
	atomic_inc(&runs);
	WRITE_ONCE(per_cpu(wanted, cpu), 0);
	complete(&ran);
}

static void sets_up(unsigned int cpu)
{
	atomic_inc(&setups);
}

static void cleans_up(unsigned int cpu, bool is_online)
{
	atomic_inc(&cleanups);
	if (is_online)
		atomic_inc(&online);
}

static struct smp_hotplug_thread plug = {
	.store = &tasks, .thread_should_run = should_run, .thread_fn = runs_once, .setup = sets_up, .cleanup = cleans_up,
	.thread_comm = "ask_boot/%u",
};

CASE(threads, "smp_hotplug_thread smpboot_register_percpu_thread smpboot_unregister_percpu_thread smp_hotplug_thread.setup"
	      " smp_hotplug_thread.cleanup smp_hotplug_thread.thread_fn smp_hotplug_thread.thread_should_run PF_NO_SETAFFINITY")
{
	int ret = smpboot_register_percpu_thread(&plug), cpus = num_online_cpus(), cpu, named = 0, bound = 0;
	char name[TASK_COMM_LEN];

	answer("register=%d", ret);
	if (ret)
		return;
	/* Each sets itself up when it runs for the first time. */
	until(atomic_read(&setups) == cpus);
	for_each_online_cpu(cpu) {
		struct task_struct *task = per_cpu(tasks, cpu);

		snprintf(name, sizeof(name), "ask_boot/%d", cpu);
		named += !strcmp(task->comm, name);
		bound += !!(task->flags & PF_NO_SETAFFINITY) && task->nr_cpus_allowed == 1;
	}
	answer("setups=%d named=%d bound=%d runs=%d", atomic_read(&setups) == cpus, named == cpus, bound == cpus, atomic_read(&runs));
	init_completion(&ran);
	for_each_online_cpu(cpu) {
		WRITE_ONCE(per_cpu(wanted, cpu), 1);
		wake_up_process(per_cpu(tasks, cpu));
		wait_for_completion(&ran);
	}
	answer("runs=%d wrong_cpu=%d", atomic_read(&runs) == cpus, atomic_read(&wrong_cpu));
	smpboot_unregister_percpu_thread(&plug);
	answer("cleanups=%d online=%d", atomic_read(&cleanups) == cpus, atomic_read(&online) == cpus);
	answer("store=%d", per_cpu(tasks, cpumask_first(cpu_online_mask)) == NULL);
}

ASK_MODULE(&case_threads);
