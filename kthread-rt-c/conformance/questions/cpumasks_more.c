// SPDX-License-Identifier: MIT OR Apache-2.0
/* Sets of cpus: what is in one that was turned round, and how many cpus count. */
#include "ask.h"
#include <linux/cpumask.h>

/* A kernel since 6.12 has none that turns a set round. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
CASE(complement, "cpumask_complement cpumask_full cpumask_weight cpumask_equal cpumask_empty")
{
	static struct cpumask none, all, to;

	cpumask_clear(&none);
	cpumask_setall(&all);
	cpumask_complement(&to, &none);
	answer("of_none full=%d weight=%d equal=%d", cpumask_full(&to), cpumask_weight(&to) == nr_cpu_ids, cpumask_equal(&to, &all));
	cpumask_complement(&to, &all);
	answer("of_all empty=%d weight=%u", cpumask_empty(&to), cpumask_weight(&to));
}
#else
CASE(complement, "cpumask_full")
{
}
#endif

CASE(counts, "cpumask_setall cpumask_weight cpu_all_mask cpu_none_mask nr_cpumask_bits nr_cpu_ids cpumask_full"
	     " cpumask_shift_left cpumask_shift_right cpumask_next_zero cpumask_nth")
{
	static struct cpumask none, all, to;

	cpumask_clear(&none);
	cpumask_setall(&all);
	answer("bits=%d", nr_cpumask_bits == nr_cpu_ids);
	answer("constants all=%d none=%d", cpumask_weight(cpu_all_mask) == nr_cpu_ids, cpumask_empty(cpu_none_mask));
	answer("zero=%d first=%d", cpumask_next_zero(-1, &all) >= nr_cpu_ids, cpumask_next_zero(-1, &none) == 0);
	answer("nth=%d,%d", cpumask_nth(0, &all) == 0, cpumask_nth(nr_cpu_ids, &all) >= nr_cpu_ids);
	cpumask_shift_right(&to, &all, 1);
	answer("right=%d", cpumask_weight(&to) == nr_cpu_ids - 1);
	cpumask_shift_left(&to, &all, 1);
	answer("left=%d first=%d", cpumask_weight(&to) == nr_cpu_ids - 1, !cpumask_test_cpu(0, &to));
	cpumask_andnot(&to, &all, cpumask_of(0));
	answer("andnot=%d", cpumask_weight(&to) == nr_cpu_ids - 1);
}

ASK_MODULE(&case_complement, &case_counts);
