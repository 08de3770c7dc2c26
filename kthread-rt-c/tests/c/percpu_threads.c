// SPDX-License-Identifier: MIT OR Apache-2.0
/* A thread for each cpu, and functions that are called for each. */
#include <linux/completion.h>
#include <linux/cpuhotplug.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/smpboot.h>

static DECLARE_COMPLETION(ran);
static int runs;
static int setups, cleanups;
static bool well_named = true;

static int should_run(unsigned int cpu)
{
	return cpu == 0 && !READ_ONCE(runs);
}

static void run(unsigned int cpu)
{
	char name[TASK_COMM_LEN];

	snprintf(name, sizeof(name), "plug/%u", cpu);
	well_named = !__builtin_strcmp(name, current->comm);
	WRITE_ONCE(runs, 1);
	complete(&ran);
}

static void setup(unsigned int cpu)
{
	__atomic_fetch_add(&setups, 1, __ATOMIC_RELAXED);
}

static void cleanup(unsigned int cpu, bool online)
{
	__atomic_fetch_add(&cleanups, 1, __ATOMIC_RELAXED);
}

static struct smp_hotplug_thread plug = {
	.thread_should_run = should_run,
	.thread_fn = run,
	.setup = setup,
	.cleanup = cleanup,
	.thread_comm = "plug/%u",
};

static int up, down;

static int start(unsigned int cpu)
{
	__atomic_fetch_add(&up, 1, __ATOMIC_RELAXED);
	return 0;
}

static int stop(unsigned int cpu)
{
	__atomic_fetch_add(&down, 1, __ATOMIC_RELAXED);
	return 0;
}

static int refuse(unsigned int cpu)
{
	return -EIO;
}

static int __init test_init(void)
{
	int state = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "test:online", start, stop);

	pr_info("a dynamic state: %d, called for some cpu %d\n", state == CPUHP_AP_ONLINE_DYN, up > 0);
	cpuhp_remove_state(state);
	pr_info("removed: called for each %d\n", up == down);
	pr_info("one that refuses: %d\n", cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "test:refused", refuse, stop));

	pr_info("smpboot_register_percpu_thread: %d\n", smpboot_register_percpu_thread(&plug));
	wait_for_completion(&ran);
	smpboot_unregister_percpu_thread(&plug);
	pr_info("ran under its name %d, set up and cleaned up %d\n", well_named, setups > 0 && setups >= cleanups);
	return 0;
}
module_init(test_init);
MODULE_LICENSE("Dual MIT/GPL");
