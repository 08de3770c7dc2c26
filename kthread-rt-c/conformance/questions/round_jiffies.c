// SPDX-License-Identifier: MIT OR Apache-2.0
/* Jiffies rounded to whole seconds, which each cpu has three jiffies apart. */
#include "ask.h"
#include <linux/cpumask.h>
#include <linux/timer.h>

/* A whole second that is not near. */
static unsigned long second(void)
{
	unsigned long at = jiffies + 100 * HZ;

	return at - at % HZ;
}

static const int offsets[] = { 0, 1, HZ / 4 - 1, HZ / 4, HZ / 2, HZ - 1 };

CASE(absolute, "round_jiffies round_jiffies_up __round_jiffies __round_jiffies_up")
{
	unsigned long base = second();
	int i, cpu;

	set_cpus_allowed_ptr(current, cpumask_of(0));
	for (i = 0; i < ARRAY_SIZE(offsets); i++)
		answer("plus=%d round=%ld up=%ld", offsets[i], (long)(round_jiffies(base + offsets[i]) - base),
		       (long)(round_jiffies_up(base + offsets[i]) - base));
	for (cpu = 0; cpu < 4; cpu += 1 + cpu)
		for (i = 0; i < ARRAY_SIZE(offsets); i++)
			answer("cpu=%d plus=%d round=%ld up=%ld", cpu, offsets[i],
			       (long)(__round_jiffies(base + offsets[i], cpu) - base),
			       (long)(__round_jiffies_up(base + offsets[i], cpu) - base));
	set_cpus_allowed_ptr(current, cpu_possible_mask);
}

/* What is past, or would be if it were rounded, stays as it is. */
CASE(past, "round_jiffies round_jiffies_up __round_jiffies")
{
	unsigned long now = jiffies, old = second() - 200 * HZ + 7;

	answer("past kept=%d", round_jiffies(old) == old);
	answer("up kept=%d", round_jiffies_up(old) == old);
	answer("cpu kept=%d", __round_jiffies(old, 1) == old);
	/* Rounding down would make it past. */
	answer("now_not_earlier=%d", !time_before(round_jiffies(now), now));
}

/*
 * Relative to now: the sum is whole. A tick between the two makes another sum, so it is asked until
 * there was none.
 */
CASE(relative, "round_jiffies_relative round_jiffies_up_relative __round_jiffies_relative __round_jiffies_up_relative")
{
	static const unsigned long ahead[] = { 10 * HZ, 10 * HZ + 100, 11 * HZ - 1 };
	unsigned long before, plain, up, cpu1, cpu1_up;
	int i;

	set_cpus_allowed_ptr(current, cpumask_of(0));
	for (i = 0; i < ARRAY_SIZE(ahead); i++) {
		do {
			before = jiffies;
			plain = round_jiffies_relative(ahead[i]);
			up = round_jiffies_up_relative(ahead[i]);
			cpu1 = __round_jiffies_relative(ahead[i], 1);
			cpu1_up = __round_jiffies_up_relative(ahead[i], 1);
		} while (before != jiffies);
		answer("ahead=%lu whole=%lu up_whole=%lu cpu1=%lu cpu1_up=%lu", ahead[i], (before + plain) % HZ,
		       (before + up) % HZ, (before + cpu1 + 3) % HZ, (before + cpu1_up + 3) % HZ);
		answer("ahead=%lu near=%d up_not_less=%d", ahead[i], plain >= ahead[i] - HZ / 4 && plain < ahead[i] + HZ,
		       up >= ahead[i] && up < ahead[i] + HZ);
	}
	set_cpus_allowed_ptr(current, cpu_possible_mask);
}

ASK_MODULE(&case_absolute, &case_past, &case_relative);
