/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* memcat_p() of linux/string.h: two arrays of pointers, each up to its NULL, in one. */
#include <kt/core/linux/slab.h>
#include <kt/core/linux/string.h>

static size_t count(void **pointers)
{
	size_t n = 0;

	while (pointers[n])
		n++;
	return n;
}

void **__memcat_p(void **a, void **b)
{
	size_t in_a = count(a), in_b = count(b);
	void **both = (void **)kmalloc_array(in_a + in_b + 1, sizeof(*both), GFP_KERNEL);

	if (!both)
		return NULL;
	memcpy(both, a, in_a * sizeof(*both));
	/* With its NULL. */
	memcpy(both + in_a, b, (in_b + 1) * sizeof(*both));
	return both;
}
