// SPDX-License-Identifier: MIT OR Apache-2.0
/* Sets of cpus. How many there are differs, and may be one: what is asked holds for any number. */
#include "ask.h"
#include <linux/cpumask.h>
#include <linux/gfp.h>

/* Whether it is the wanted cpu; if there is none of that number, whether there is none. */
static int is(unsigned int cpu, unsigned int wanted)
{
	return wanted < nr_cpu_ids ? cpu == wanted : cpu >= nr_cpu_ids;
}

#define NONE nr_cpu_ids

CASE(set, "cpumask_clear cpumask_set_cpu cpumask_clear_cpu cpumask_test_cpu cpumask_test_and_set_cpu"
	  " cpumask_test_and_clear_cpu cpumask_empty cpumask_full cpumask_setall cpumask_weight __cpumask_set_cpu"
	  " __cpumask_clear_cpu")
{
	static struct cpumask mask;
	int was[4];

	cpumask_clear(&mask);
	answer("clear empty=%d full=%d weight=%u test=%d", cpumask_empty(&mask), cpumask_full(&mask), cpumask_weight(&mask),
	       !!cpumask_test_cpu(0, &mask));
	cpumask_set_cpu(0, &mask);
	answer("set weight=%u test=%d empty=%d", cpumask_weight(&mask), !!cpumask_test_cpu(0, &mask), cpumask_empty(&mask));
	was[0] = cpumask_test_and_set_cpu(0, &mask);
	was[1] = cpumask_test_and_clear_cpu(0, &mask);
	was[2] = cpumask_test_and_clear_cpu(0, &mask);
	was[3] = cpumask_test_and_set_cpu(0, &mask);
	answer("test_and set=%d clear=%d,%d set=%d weight=%u", was[0], was[1], was[2], was[3], cpumask_weight(&mask));
	cpumask_clear_cpu(0, &mask);
	__cpumask_set_cpu(0, &mask);
	__cpumask_clear_cpu(0, &mask);
	answer("cleared empty=%d", cpumask_empty(&mask));
	cpumask_setall(&mask);
	answer("setall full=%d weight_is_all=%d", cpumask_full(&mask), cpumask_weight(&mask) == nr_cpu_ids);
}

CASE(both, "cpumask_and cpumask_or cpumask_xor cpumask_andnot cpumask_equal cpumask_intersects cpumask_subset cpumask_copy"
	   " cpumask_of")
{
	static struct cpumask first, all, none, to;
	int some;

	cpumask_copy(&first, cpumask_of(0));
	cpumask_copy(&all, cpu_possible_mask);
	answer("of weight=%u first=%d", cpumask_weight(&first), is(cpumask_first(&first), 0));
	some = cpumask_and(&to, &first, &all);
	answer("and=%d equal=%d", some, cpumask_equal(&to, &first));
	some = cpumask_and(&to, &none, &all);
	answer("and_none=%d empty=%d", some, cpumask_empty(&to));
	cpumask_or(&to, &first, &all);
	answer("or equal=%d subset=%d,%d intersects=%d,%d", cpumask_equal(&to, &all), cpumask_subset(&first, &to),
	       cpumask_subset(&to, &none), cpumask_intersects(&first, &all), cpumask_intersects(&first, &none));
	some = cpumask_andnot(&to, &all, &first);
	answer("andnot=%d weight=%d", some == (num_possible_cpus() > 1), cpumask_weight(&to) == num_possible_cpus() - 1);
	cpumask_xor(&to, &to, &all);
	answer("xor equal=%d", cpumask_equal(&to, &first));
}

CASE(walk, "cpumask_first cpumask_next cpumask_last cpumask_first_zero cpumask_next_zero cpumask_next_and"
	   " cpumask_first_and cpumask_any cpumask_any_but cpumask_any_and cpumask_nth for_each_cpu for_each_cpu_and"
	   " for_each_cpu_andnot nr_cpu_ids")
{
	static struct cpumask none, mask, first;
	unsigned int at, count = 0, last = 77;

	answer("of_none first=%d next=%d last=%d any=%d zero=%d", is(cpumask_first(&none), NONE), is(cpumask_next(-1, &none), NONE),
	       is(cpumask_last(&none), NONE), is(cpumask_any(&none), NONE), is(cpumask_first_zero(&none), 0));
	for_each_cpu(at, &none)
		count++;
	answer("walked=%u ends_beyond=%d", count, at >= nr_cpu_ids);
	cpumask_copy(&mask, cpu_possible_mask);
	cpumask_copy(&first, cpumask_of(0));
	answer("first=%d next=%d,%d,%d last=%d nth=%d,%d,%d", is(cpumask_first(&mask), 0), is(cpumask_next(-1, &mask), 0),
	       is(cpumask_next(0, &mask), 1), is(cpumask_next(nr_cpu_ids - 1, &mask), NONE),
	       is(cpumask_last(&mask), nr_cpu_ids - 1), is(cpumask_nth(0, &mask), 0), is(cpumask_nth(1, &mask), 1),
	       is(cpumask_nth(nr_cpu_ids, &mask), NONE));
	answer("and first=%d next=%d,%d any=%d but=%d,%d zero=%d", is(cpumask_first_and(&mask, &first), 0),
	       is(cpumask_next_and(-1, &mask, &first), 0), is(cpumask_next_and(0, &mask, &first), NONE),
	       is(cpumask_any_and(&mask, &first), 0), is(cpumask_any_but(&mask, 0), 1), is(cpumask_any_but(&first, 0), NONE),
	       is(cpumask_next_zero(-1, &first), 1));
	for_each_cpu(at, &mask) {
		count++;
		last = at;
	}
	answer("walked=%d last=%d", count == num_possible_cpus(), last == nr_cpu_ids - 1);
	count = 0;
	for_each_cpu_and(at, &mask, &first)
		count += 1 + at;
	answer("walked_and=%u", count);
	for_each_cpu_andnot(at, &mask, &first)
		count++;
	answer("walked_andnot=%d", count == num_possible_cpus());
}

CASE(machine, "cpu_online_mask cpu_possible_mask cpu_present_mask num_online_cpus num_possible_cpus num_present_cpus"
	      " cpu_online cpu_possible cpu_present for_each_online_cpu for_each_possible_cpu for_each_present_cpu"
	      " cpumask_pr_args")
{
	unsigned int at, online = 0, possible = 0, present = 0;

	for_each_online_cpu(at)
		online++;
	for_each_possible_cpu(at)
		possible++;
	for_each_present_cpu(at)
		present++;
	answer("online=%d,%d possible=%d,%d present=%d,%d", online == num_online_cpus(),
	       online == cpumask_weight(cpu_online_mask), possible == num_possible_cpus(),
	       possible == cpumask_weight(cpu_possible_mask), present == num_present_cpus(),
	       present == cpumask_weight(cpu_present_mask));
	answer("cpu_0=%d,%d,%d online_is_part=%d", cpu_online(0), cpu_possible(0), cpu_present(0),
	       cpumask_subset(cpu_online_mask, cpu_possible_mask));
	answer("list_of_0=%*pbl", cpumask_pr_args(cpumask_of(0)));
}

CASE(var, "alloc_cpumask_var zalloc_cpumask_var free_cpumask_var cpumask_var_t cpumask_available")
{
	cpumask_var_t mask, zeroed;
	bool ok = alloc_cpumask_var(&mask, GFP_KERNEL), zero = zalloc_cpumask_var(&zeroed, GFP_KERNEL);

	if (ok && zero)
		answer("alloc=%d zalloc=%d empty=%d available=%d", ok, zero, cpumask_empty(zeroed), cpumask_available(zeroed));
	if (ok)
		free_cpumask_var(mask);
	if (zero)
		free_cpumask_var(zeroed);
}

ASK_MODULE(&case_set, &case_both, &case_walk, &case_machine, &case_var);
