// SPDX-License-Identifier: MIT OR Apache-2.0
/* The units of times(2), of which there are a hundred to a second. */
#include "ask.h"

CASE(jiffies_to_clock_t, "jiffies_to_clock_t jiffies_64_to_clock_t")
{
	static const unsigned long of[] = { 0, 1, 2, 3, 249, 250, 251, 1000000, 1UL << 32 };
	int i;

	for (i = 0; i < ARRAY_SIZE(of); i++)
		answer("jiffies=%lu clock=%lu of_64=%llu", of[i], (unsigned long)jiffies_to_clock_t(of[i]),
		       (unsigned long long)jiffies_64_to_clock_t(of[i]));
}

CASE(clock_t_to_jiffies, "clock_t_to_jiffies")
{
	static const unsigned long of[] = { 0, 1, 2, 3, 99, 100, 101, 1UL << 32, ULONG_MAX };
	int i;

	for (i = 0; i < ARRAY_SIZE(of); i++)
		answer("clock=%lu jiffies=%lu", of[i], clock_t_to_jiffies(of[i]));
}

ASK_MODULE(&case_jiffies_to_clock_t, &case_clock_t_to_jiffies);
