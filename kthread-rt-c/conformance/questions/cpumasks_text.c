// SPDX-License-Identifier: MIT OR Apache-2.0
/* Sets of cpus that are read from text. How many cpus there are differs, so the questions are about the first. */
#include "ask.h"
#include <linux/cpumask.h>

CASE(text, "cpumask_parse cpulist_parse cpumask_bits")
{
	static const char *const lists[] = { "0", "0-0", "0\n", "1-0", "x", "99999" };
	static const char *const masks[] = { "1", "01", "1\n", "z", "" };
	static struct cpumask mask;
	int i, ret;

	for (i = 0; i < ARRAY_SIZE(lists); i++) {
		cpumask_clear(&mask);
		ret = cpulist_parse(lists[i], &mask);
		answer("list=%d ret=%d mask=[%*pbl]", i, ret, 1, cpumask_bits(&mask));
	}
	for (i = 0; i < ARRAY_SIZE(masks); i++) {
		cpumask_clear(&mask);
		ret = cpumask_parse(masks[i], &mask);
		answer("mask=%d ret=%d mask=[%*pbl]", i, ret, 1, cpumask_bits(&mask));
	}
}

ASK_MODULE(&case_text);
