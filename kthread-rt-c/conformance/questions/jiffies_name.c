// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * `jiffies` is a variable: it has an address, and its name may be that of a field or of a local
 * variable.
 */
#include "ask.h"

struct stamp {
	unsigned long jiffies;
};

CASE(field, "jiffies")
{
	struct stamp stamp = { .jiffies = 5 };

	answer("field=%lu", stamp.jiffies);
}

CASE(local, "jiffies")
{
	unsigned long jiffies = 7;

	answer("local=%lu", jiffies);
}

CASE(address, "jiffies")
{
	const volatile unsigned long *at = &jiffies;
	unsigned long first = *at;

	until(*at != first);
	answer("goes_on=%d size=%zu", time_after(*at, first), sizeof(jiffies));
}

ASK_MODULE(&case_field, &case_local, &case_address);
