// SPDX-License-Identifier: MIT OR Apache-2.0
/* Sorting arrays, and finding in them. */
#include "ask.h"
#include <linux/bsearch.h>
#include <linux/sort.h>

struct pair {
	short key;
	short second;
	int third;
};

static int by_int(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static int by_key(const void *a, const void *b)
{
	return ((const struct pair *)a)->key - ((const struct pair *)b)->key;
}

static int by_int_and_sign(const void *a, const void *b, const void *sign)
{
	return (*(const int *)a - *(const int *)b) * *(const int *)sign;
}

static int swaps;

static void swap_pairs(void *a, void *b, int size)
{
	struct pair was = *(struct pair *)a;

	*(struct pair *)a = *(struct pair *)b;
	*(struct pair *)b = was;
	swaps += size == sizeof(struct pair);
}

CASE(sort, "sort sort_r")
{
	int numbers[] = { 5, -3, 9, 0, 5, 1 }, sign = -1;
	char bytes[] = "kernel";
	struct pair pairs[] = { { 3, 1, 1 }, { 1, 2, 2 }, { 2, 3, 3 }, { 0, 4, 4 } };

	sort(numbers, ARRAY_SIZE(numbers), sizeof(int), by_int, NULL);
	answer("ints=%d,%d,%d,%d,%d,%d", numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]);
	sort(numbers, 0, sizeof(int), by_int, NULL);
	sort(numbers, 1, sizeof(int), by_int, NULL);
	sort_r(numbers, ARRAY_SIZE(numbers), sizeof(int), by_int_and_sign, NULL, &sign);
	answer("down=%d,%d,%d,%d,%d,%d", numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]);
	sort(pairs, ARRAY_SIZE(pairs), sizeof(pairs[0]), by_key, swap_pairs);
	answer("pairs=%d,%d,%d,%d of=%d,%d,%d,%d own_swap=%d", pairs[0].key, pairs[1].key, pairs[2].key, pairs[3].key,
	       pairs[0].third, pairs[1].third, pairs[2].third, pairs[3].third, swaps > 0);
	sort(bytes + 1, 3, 1, by_int, NULL);
	answer("others_untouched=%c%s", bytes[0], bytes + 4);
}

CASE(bsearch, "bsearch")
{
	static const int numbers[] = { 1, 3, 5, 7, 9 };
	int wanted[] = { 1, 9, 5, 4, 10 };
	int found[5], i;

	for (i = 0; i < 5; i++) {
		const int *at = bsearch(&wanted[i], numbers, ARRAY_SIZE(numbers), sizeof(int), by_int);

		found[i] = at ? (int)(at - numbers) : -1;
	}
	answer("found=%d,%d,%d missing=%d,%d", found[0], found[1], found[2], found[3], found[4]);
	answer("of_none=%d", !bsearch(&wanted[0], numbers, 0, sizeof(int), by_int));
}

ASK_MODULE(&case_sort, &case_bsearch);
