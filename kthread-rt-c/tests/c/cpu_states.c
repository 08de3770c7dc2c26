// SPDX-License-Identifier: MIT OR Apache-2.0
/* What is called for a cpu that goes and comes: in which order, while it is online or not, and what becomes of one who refuses. */
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/module.h>
#include <linux/smp.h>

static unsigned int the_cpu;
static char refuses;

static int say(char name, char way, unsigned int cpu)
{
	if (cpu != the_cpu)
		pr_cont(" of cpu %u!", cpu);
	pr_cont(" %c%c%s", name, way, cpu_online(cpu) ? "" : " offline");
	return refuses == name ? -EIO : 0;
}

#define STATE(name, letter) \
	static int name##_up(unsigned int cpu) { return say(letter, '+', cpu); } \
	static int name##_down(unsigned int cpu) { return say(letter, '-', cpu); }
STATE(prepared, 'p')
STATE(first, 'a')
STATE(second, 'b')

static int __init begin(void)
{
	int prepare, online, behind;

	the_cpu = cpumask_last(cpu_online_mask);
	if (!the_cpu || num_online_cpus() == 1) {
		pr_info("a cpu alone can not go\n");
		return 0;
	}
	prepare = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, "p", prepared_up, prepared_down);
	online = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "a", first_up, first_down);
	cpus_read_lock();
	behind = cpuhp_setup_state_nocalls_cpuslocked(CPUHP_AP_ONLINE_DYN, "b", second_up, second_down);
	cpus_read_unlock();

	pr_info("goes:");
	pr_cont(" %d\n", remove_cpu(the_cpu));
	pr_info("comes:");
	pr_cont(" %d\n", add_cpu(the_cpu));
	refuses = 'a';
	pr_info("may not go:");
	pr_cont(" %d", remove_cpu(the_cpu));
	pr_cont(" %d\n", cpu_online(the_cpu));
	refuses = 0;
	pr_info("goes:");
	pr_cont(" %d\n", remove_cpu(the_cpu));
	refuses = 'b';
	pr_info("may not come:");
	pr_cont(" %d", add_cpu(the_cpu));
	pr_cont(" %d\n", cpu_online(the_cpu));
	refuses = 'p';
	pr_info("may not even begin:");
	pr_cont(" %d\n", add_cpu(the_cpu));
	refuses = 0;

	cpuhp_remove_state_nocalls(prepare);
	cpuhp_remove_state_nocalls(online);
	pr_info("comes to what is left:");
	pr_cont(" %d\n", add_cpu(the_cpu));
	cpuhp_remove_state_nocalls(behind);
	return 0;
}
module_init(begin);
MODULE_LICENSE("Dual MIT/GPL");
