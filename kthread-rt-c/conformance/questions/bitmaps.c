// SPDX-License-Identifier: MIT OR Apache-2.0
/* Arrays of bits: what is set, counted, shifted and printed. */
#include "ask.h"
#include <linux/bitmap.h>
#include <linux/slab.h>

#define BITS 100

static DECLARE_BITMAP(a, BITS);
static DECLARE_BITMAP(b, BITS);
static DECLARE_BITMAP(to, BITS);

/* The bits from..to, and no others. */
static void only(unsigned long *map, int from, int to)
{
	bitmap_zero(map, BITS);
	bitmap_set(map, from, to - from + 1);
}

CASE(set, "bitmap_zero bitmap_fill bitmap_set bitmap_clear bitmap_empty bitmap_full bitmap_weight DECLARE_BITMAP"
	  " bitmap_copy BITS_TO_LONGS")
{
	bitmap_zero(a, BITS);
	answer("zero empty=%d full=%d weight=%u longs=%d", bitmap_empty(a, BITS), bitmap_full(a, BITS),
	       (unsigned int)bitmap_weight(a, BITS), (int)BITS_TO_LONGS(BITS));
	bitmap_fill(b, BITS);
	answer("fill empty=%d full=%d weight=%u", bitmap_empty(b, BITS), bitmap_full(b, BITS),
	       (unsigned int)bitmap_weight(b, BITS));
	bitmap_set(a, 60, 10);
	bitmap_clear(b, 3, 90);
	answer("set=%*pbl weight=%u clear=%*pbl", BITS, a, (unsigned int)bitmap_weight(a, BITS), BITS, b);
	bitmap_set(a, 5, 0);
	bitmap_copy(to, a, BITS);
	answer("copy=%*pbl part_weight=%u", BITS, to, (unsigned int)bitmap_weight(to, 65));
}

CASE(both, "bitmap_and bitmap_or bitmap_xor bitmap_andnot bitmap_complement bitmap_equal bitmap_intersects bitmap_subset")
{
	int some, none;

	only(a, 0, 9);
	bitmap_set(a, 64, 7);
	only(b, 5, 20);
	bitmap_set(b, 70, 1);
	some = bitmap_and(to, a, b, BITS);
	answer("and=%*pbl some=%d", BITS, to, some);
	bitmap_or(to, a, b, BITS);
	answer("or=%*pbl", BITS, to);
	bitmap_xor(to, a, b, BITS);
	answer("xor=%*pbl", BITS, to);
	some = bitmap_andnot(to, a, b, BITS);
	answer("andnot=%*pbl some=%d", BITS, to, some);
	none = bitmap_andnot(to, a, a, BITS);
	answer("andnot_itself=[%*pbl] some=%d", BITS, to, none);
	bitmap_complement(to, a, BITS);
	answer("complement=%*pbl", BITS, to);
	answer("equal=%d,%d intersects=%d,%d", bitmap_equal(a, a, BITS), bitmap_equal(a, b, BITS),
	       bitmap_intersects(a, b, BITS), bitmap_intersects(a, to, BITS));
	only(to, 5, 9);
	answer("subset=%d,%d", bitmap_subset(to, a, BITS), bitmap_subset(b, a, BITS));
}

CASE(shift, "bitmap_shift_left bitmap_shift_right")
{
	only(a, 60, 66);
	bitmap_set(a, 0, 1);
	bitmap_set(a, 2, 1);
	bitmap_set(a, 99, 1);
	bitmap_shift_left(to, a, 3, BITS);
	answer("left=%*pbl", BITS, to);
	bitmap_shift_left(to, a, 70, BITS);
	answer("far_left=%*pbl", BITS, to);
	bitmap_shift_right(to, a, 3, BITS);
	answer("right=%*pbl", BITS, to);
	bitmap_shift_right(to, a, 64, BITS);
	answer("far_right=%*pbl", BITS, to);
}

CASE(area, "bitmap_find_next_zero_area bitmap_find_free_region bitmap_release_region bitmap_alloc bitmap_zalloc bitmap_free")
{
	unsigned long *own = bitmap_zalloc(BITS, GFP_KERNEL);
	int free[4];

	answer("zalloc empty=%d", own && bitmap_empty(own, BITS));
	bitmap_free(own);
	own = bitmap_alloc(BITS, GFP_KERNEL);
	answer("alloc=%d", own != NULL);
	bitmap_free(own);
	only(a, 32, 99);
	bitmap_set(a, 0, 4);
	bitmap_set(a, 6, 1);
	bitmap_set(a, 12, 4);
	answer("area=%lu,%lu aligned=%lu none_is_beyond=%d", bitmap_find_next_zero_area(a, BITS, 0, 2, 0),
	       bitmap_find_next_zero_area(a, BITS, 0, 4, 0), bitmap_find_next_zero_area(a, BITS, 0, 4, 7),
	       bitmap_find_next_zero_area(a, BITS, 0, 30, 0) >= BITS);
	free[0] = bitmap_find_free_region(a, BITS, 1);
	free[1] = bitmap_find_free_region(a, BITS, 2);
	free[2] = bitmap_find_free_region(a, BITS, 4);
	free[3] = bitmap_find_free_region(a, BITS, 4);
	answer("regions=%d,%d,%d full=%d", free[0], free[1], free[2], free[3]);
	bitmap_release_region(a, 16, 4);
	answer("released=%*pbl", BITS, a);
}

CASE(print, "bitmap_set")
{
	only(a, 4, 7);
	bitmap_set(a, 0, 1);
	bitmap_set(a, 2, 1);
	bitmap_set(a, 32, 33);
	bitmap_set(a, 99, 1);
	answer("hex=%*pb", BITS, a);
	answer("part=%*pb few=%*pb list=%*pbl", 33, a, 6, a, 33, a);
	answer("none=[%*pb] list=[%*pbl]", 0, a, 0, a);
}

ASK_MODULE(&case_set, &case_both, &case_shift, &case_area, &case_print);
