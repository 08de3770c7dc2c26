// SPDX-License-Identifier: MIT OR Apache-2.0
/* Calls on other cpus, and callbacks for cpus that come and go. */
#include "ask.h"
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/smp.h>

static atomic_t calls;
static int seen_disabled, seen_task;

static void called(void *info)
{
	atomic_add((int)(long)info, &calls);
	WRITE_ONCE(seen_disabled, irqs_disabled());
}

CASE(single, "smp_call_function_single raw_smp_processor_id smp_processor_id get_cpu put_cpu ENXIO")
{
	int result, last = cpumask_last(cpu_online_mask), same;

	set_cpus_allowed_ptr(current, cpumask_of(0));
	atomic_set(&calls, 0);
	result = smp_call_function_single(0, called, (void *)1L, 1);
	answer("here=%d calls=%d", result, atomic_read(&calls));
	answer("here irqs_disabled=%d", seen_disabled);
	result = smp_call_function_single(last, called, (void *)1L, 1);
	answer("last=%d calls=%d", result, atomic_read(&calls));
	answer("last irqs_disabled=%d", seen_disabled);
	result = smp_call_function_single(last, called, (void *)1L, 0);
	until(atomic_read(&calls) == 3);
	answer("no_wait=%d calls=%d", result, atomic_read(&calls));
	result = smp_call_function_single(nr_cpu_ids + 5, called, (void *)1L, 1);
	answer("absent=%d enxio=%d calls=%d", result, result == -ENXIO, atomic_read(&calls));
	same = get_cpu() == smp_processor_id();
	put_cpu();
	answer("get_cpu=%d cpu=%d", same, raw_smp_processor_id());
	set_cpus_allowed_ptr(current, cpu_possible_mask);
}

/*
 * On which cpu each call runs, kthread-rt does not say as a kernel does, by its README: so the
 * calls are counted.
 */
CASE(each, "on_each_cpu on_each_cpu_mask smp_call_function smp_call_function_many num_online_cpus cpu_online_mask")
{
	int online = num_online_cpus();

	set_cpus_allowed_ptr(current, cpumask_of(0));
	atomic_set(&calls, 0);
	on_each_cpu(called, (void *)1L, 1);
	answer("each all=%d irqs_disabled=%d", atomic_read(&calls) == online, seen_disabled);
	atomic_set(&calls, 0);
	on_each_cpu_mask(cpumask_of(0), called, (void *)1L, true);
	answer("mask calls=%d", atomic_read(&calls));
	atomic_set(&calls, 0);
	preempt_disable();
	smp_call_function(called, (void *)1L, 1);
	preempt_enable();
	answer("others all=%d", atomic_read(&calls) == online - 1);
	atomic_set(&calls, 0);
	preempt_disable();
	smp_call_function_many(cpu_online_mask, called, (void *)1L, true);
	preempt_enable();
	/* The mask has the caller's cpu, too, which is left out. */
	answer("many others=%d", atomic_read(&calls) == online - 1);
	set_cpus_allowed_ptr(current, cpu_possible_mask);
}

static int on_cpu(void *arg)
{
	seen_task = in_task();
	return *(int *)arg + raw_smp_processor_id();
}

CASE(call_on_cpu, "smp_call_on_cpu ENXIO")
{
	int value = 40, first, second;

	first = smp_call_on_cpu(0, on_cpu, &value, false);
	second = smp_call_on_cpu(nr_cpu_ids + 5, on_cpu, &value, false);
	answer("result=%d in_task=%d absent_enxio=%d", first, seen_task, second == -ENXIO);
}

static atomic_t started, ended;
static cpumask_t where;
static int fails_from;

static int starts(unsigned int cpu)
{
	if (atomic_inc_return(&started) == fails_from)
		return -EIO;
	if (raw_smp_processor_id() == cpu)
		cpumask_set_cpu(cpu, &where);
	return 0;
}

static int ends(unsigned int cpu)
{
	atomic_inc(&ended);
	return 0;
}

CASE(hotplug, "cpuhp_setup_state cpuhp_setup_state_nocalls cpuhp_remove_state cpuhp_remove_state_nocalls CPUHP_AP_ONLINE_DYN"
	      " CPUHP_BP_PREPARE_DYN CPUHP_ONLINE CPUHP_OFFLINE")
{
	int online = num_online_cpus(), first, second, third;

	fails_from = 0;
	atomic_set(&started, 0);
	atomic_set(&ended, 0);
	cpumask_clear(&where);
	first = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "ask:first", starts, ends);
	answer("dynamic positive=%d in_range=%d started_all=%d on_its_cpu=%d", first > 0,
	       first >= CPUHP_AP_ONLINE_DYN && first <= CPUHP_AP_ONLINE_DYN_END, atomic_read(&started) == online,
	       cpumask_equal(&where, cpu_online_mask));
	second = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "ask:second", NULL, ends);
	answer("second another=%d", second > 0 && second != first);
	cpuhp_remove_state(second);
	answer("removed ended_all=%d", atomic_read(&ended) == online);
	atomic_set(&ended, 0);
	cpuhp_remove_state_nocalls(first);
	answer("nocalls ended=%d", atomic_read(&ended));
	atomic_set(&started, 0);
	third = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "ask:third", starts, ends);
	answer("setup_nocalls positive=%d same_as_first=%d started=%d", third > 0, third == first, atomic_read(&started));
	cpuhp_remove_state(third);
	answer("removed ended_all=%d", atomic_read(&ended) == online);
	fails_from = 1;
	atomic_set(&started, 0);
	atomic_set(&ended, 0);
	first = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "ask:fails", starts, ends);
	answer("fails=%d started=%d ended=%d", first, atomic_read(&started), atomic_read(&ended));
	fails_from = 0;
	second = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "ask:again", starts, ends);
	answer("again positive=%d", second > 0);
	cpuhp_remove_state(second);
	first = cpuhp_setup_state(CPUHP_BP_PREPARE_DYN, "ask:prepare", starts, ends);
	answer("prepare positive=%d", first > 0);
	if (first > 0)
		cpuhp_remove_state(first);
	first = cpuhp_setup_state(CPUHP_ONLINE, "ask:online", starts, ends);
	second = cpuhp_setup_state(CPUHP_OFFLINE, "ask:offline", starts, ends);
	third = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, NULL, starts, ends);
	answer("online=%d offline=%d nameless=%d", first, second, third);
}

CASE(lock, "cpus_read_lock cpus_read_unlock cpus_read_trylock")
{
	int got;

	cpus_read_lock();
	got = cpus_read_trylock();
	if (got)
		cpus_read_unlock();
	cpus_read_unlock();
	answer("try=%d", got);
}

ASK_MODULE(&case_single, &case_each, &case_call_on_cpu, &case_hotplug, &case_lock);
