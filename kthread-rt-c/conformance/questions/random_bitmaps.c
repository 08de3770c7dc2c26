// SPDX-License-Identifier: MIT OR Apache-2.0
/* Bitmaps: random sets, ranges and texts. */
#include "random.h"
#include <linux/bitmap.h>
#include <linux/bitops.h>

enum { BITS = 130, LONGS = BITS_TO_LONGS(BITS) };

static unsigned long a[LONGS], b[LONGS], c[LONGS];

static void fill(unsigned long *bits)
{
	unsigned int i, dense = random_below(4);

	bitmap_zero(bits, BITS);
	for (i = 0; i < BITS; i++) {
		if (dense == 3 ? random_below(8) : !random_below(2 + 8 * dense))
			__set_bit(i, bits);
	}
}

CASE(sets, "bitmap_and bitmap_xor bitmap_andnot bitmap_complement bitmap_equal bitmap_intersects bitmap_subset"
	   " bitmap_empty bitmap_full bitmap_weight")
{
	unsigned int round;

	for (round = 0; round < 40; round++) {
		unsigned int n;
		int some;

		random_begin(round);
		fill(a);
		fill(b);
		bitmap_zero(c, BITS);
		n = 1 + random_below(BITS);
		answer("%u n=%u equal=%d intersects=%d subset=%d empty=%d full=%d weight=%u", round, n, bitmap_equal(a, b, n),
		       bitmap_intersects(a, b, n), bitmap_subset(a, b, n), bitmap_empty(a, n), bitmap_full(a, n),
		       (unsigned int)bitmap_weight(a, n));
		some = bitmap_and(c, a, b, n);
		answer("%u and=%d [%*pbl]", round, !!some, (int)n, c);
		some = bitmap_andnot(c, a, b, n);
		answer("%u andnot=%d [%*pbl]", round, !!some, (int)n, c);
		bitmap_xor(c, a, b, n);
		answer("%u xor=[%*pbl]", round, (int)n, c);
		bitmap_complement(c, a, n);
		answer("%u complement=[%*pbl]", round, (int)n, c);
		bitmap_shift_right(c, a, random_below(n), n);
		answer("%u right=[%*pbl]", round, (int)n, c);
		bitmap_shift_left(c, a, random_below(n), n);
		answer("%u left=[%*pbl]", round, (int)n, c);
	}
}

CASE(ranges, "bitmap_set bitmap_clear bitmap_find_next_zero_area find_next_bit find_next_zero_bit find_last_bit find_first_bit"
	     " find_first_zero_bit find_next_and_bit")
{
	unsigned int round;

	for (round = 0; round < 60; round++) {
		unsigned int n, from, count;

		random_begin(round);
		fill(a);
		fill(b);
		n = 1 + random_below(BITS);
		from = random_below(n + 3);
		count = random_below(12);
		answer("%u n=%u from=%u next=%lu zero=%lu last=%lu first=%lu first_zero=%lu and=%lu", round, n, from,
		       find_next_bit(a, n, from), find_next_zero_bit(a, n, from), find_last_bit(a, n), find_first_bit(a, n),
		       find_first_zero_bit(a, n), find_next_and_bit(a, b, n, from));
		answer("%u count=%u area=%lu", round, count,
		       bitmap_find_next_zero_area(a, n, from, count, random_of(0UL, 0UL, 3UL, 7UL)));
		from = random_below(BITS - 12);
		bitmap_set(a, from, count);
		answer("%u set=[%*pbl]", round, BITS, a);
		bitmap_clear(a, random_below(BITS - 12), count);
		answer("%u cleared=[%*pbl]", round, BITS, a);
	}
}

CASE(texts, "bitmap_parselist bitmap_parse")
{
	unsigned int round;

	for (round = 0; round < 100; round++) {
		static char text[40];
		unsigned int n;
		int ret;

		random_begin(round);
		random_text(text, random_of(4, 8, 16, 30),
			    random_of("0123456789,-", "0123,-:/", "12,- \n", "Nn1-,", "al,1-", "0-9:1/2,"));
		n = random_of(1U, 8U, 40U, 64U, 130U);
		bitmap_zero(a, BITS);
		ret = bitmap_parselist(text, a, n);
		if (ret)
			answer("%u n=%u list=" SHOWN " ret=%d", round, n, RANDOM_SHOWN(text), ret);
		else
			answer("%u n=%u list=" SHOWN " is=[%*pbl]", round, n, RANDOM_SHOWN(text), (int)n, a);
		random_text(text, random_of(4, 10, 20, 38), random_of("0123456789abcdef", "01f,", "1,\n 0", "0123456789abcdefg,"));
		bitmap_zero(a, BITS);
		ret = bitmap_parse(text, strlen(text), a, n);
		if (ret)
			answer("%u n=%u mask=" SHOWN " ret=%d", round, n, RANDOM_SHOWN(text), ret);
		else
			answer("%u n=%u mask=" SHOWN " is=[%*pbl]", round, n, RANDOM_SHOWN(text), (int)n, a);
	}
}

CASE(moved, "bitmap_cut bitmap_allocate_region")
{
	unsigned int round;

	for (round = 0; round < 30; round++) {
		unsigned int n, first, cut, order;
		int region, twice;

		random_begin(round);
		fill(a);
		n = 40 + random_below(BITS - 40);
		first = random_below(n);
		cut = random_below(n - first);
		bitmap_cut(c, a, first, cut, n);
		answer("%u n=%u first=%u cut=%u is=[%*pbl]", round, n, first, cut, (int)(n - cut), c);
		order = random_below(4);
		region = bitmap_find_free_region(a, n, order);
		twice = bitmap_allocate_region(a, random_below(8) << order, order);
		answer("%u order=%u region=%d allocate=%d is=[%*pbl]", round, order, region, twice, (int)n, a);
	}
}

ASK_MODULE(&case_sets, &case_ranges, &case_texts, &case_moved);
