// SPDX-License-Identifier: MIT OR Apache-2.0
/* Calls on those cpus that a condition names, and on any of a mask. */
#include "ask.h"
#include <linux/cpumask.h>
#include <linux/smp.h>

static atomic_t calls;
static cpumask_t cpus;

static void called(void *info)
{
	atomic_inc(&calls);
	cpumask_set_cpu(raw_smp_processor_id(), &cpus);
}

static bool of_cpu_0(int cpu, void *info)
{
	return cpu == 0;
}

static bool of_none(int cpu, void *info)
{
	return false;
}

CASE(conditions, "on_each_cpu_cond on_each_cpu_cond_mask smp_call_function_any")
{
	int result;

	atomic_set(&calls, 0);
	cpumask_clear(&cpus);
	on_each_cpu_cond(of_cpu_0, called, NULL, true);
	answer("cond calls=%d cpu0=%d", atomic_read(&calls), cpumask_test_cpu(0, &cpus));
	on_each_cpu_cond(of_none, called, NULL, true);
	answer("none calls=%d", atomic_read(&calls));
	on_each_cpu_cond_mask(of_cpu_0, called, NULL, true, cpumask_of(0));
	answer("mask calls=%d", atomic_read(&calls));
	cpumask_clear(&cpus);
	result = smp_call_function_any(cpumask_of(0), called, NULL, 1);
	answer("any=%d calls=%d cpu0=%d", result, atomic_read(&calls), cpumask_test_cpu(0, &cpus));
}

ASK_MODULE(&case_conditions);
