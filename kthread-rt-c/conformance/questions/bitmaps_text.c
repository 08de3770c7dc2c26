// SPDX-License-Identifier: MIT OR Apache-2.0
/* Arrays of bits: text and words that are read into them, regions that are given away, and bits that change their places. */
#include "ask.h"
#include <linux/bitmap.h>
#include <linux/slab.h>

#define BITS 100

static DECLARE_BITMAP(a, BITS);
static DECLARE_BITMAP(b, BITS);
static DECLARE_BITMAP(to, BITS);

static void list(unsigned long *map, const char *ranges)
{
	if (bitmap_parselist(ranges, map, BITS))
		answer("not_parsed=[%s]", ranges);
}

CASE(parselist, "bitmap_parselist")
{
	static const char *const texts[] = {
		"", "5", "1-3", "1,3,5-7", " 4 ", "4\n", "1-10:2/4", "0-99", "all", "N", "5-3", "100", "1-100", "x", "1,,2",
		"1-", "-2", "1-6:3/2", "1-6:0/2", "3,1", "0x4",
	};
	int i, ret;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		bitmap_zero(a, BITS);
		ret = bitmap_parselist(texts[i], a, BITS);
		if (ret)
			answer("text=[%s] ret=%d", i == 5 ? "4nl" : texts[i], ret);
		else
			answer("text=[%s] ret=%d bits=[%*pbl]", i == 5 ? "4nl" : texts[i], ret, BITS, a);
	}
}

CASE(parse, "bitmap_parse")
{
	static const char *const texts[] = { "", "f", "ff,00000001", "1,23", "f,ffffffff,ffffffff,ffffffff",
					     "1f,ffffffff,ffffffff,ffffffff", "g", " 3", "3 ", "123456789", "0x3" };
	int i, ret;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		bitmap_zero(a, BITS);
		ret = bitmap_parse(texts[i], strlen(texts[i]), a, BITS);
		if (ret)
			answer("text=[%s] ret=%d", texts[i], ret);
		else
			answer("text=[%s] ret=%d bits=[%*pbl]", texts[i], ret, BITS, a);
	}
}

CASE(page, "bitmap_print_to_pagebuf")
{
	char *page = (char *)__get_free_page(GFP_KERNEL);
	int ret, length;

	if (!page)
		return;
	list(a, "0,2,4-7,32-64,99");
	ret = bitmap_print_to_pagebuf(true, page, a, BITS);
	length = strlen(page);
	answer("list=%d length=%d [%s]", ret, length, strim(page));
	ret = bitmap_print_to_pagebuf(false, page, a, BITS);
	answer("hex=%d [%s]", ret, strim(page));
	free_page((unsigned long)page);
}

CASE(words, "bitmap_from_arr32 bitmap_to_arr32 bitmap_from_u64 bitmap_get_value8 bitmap_set_value8"
	    " bitmap_from_arr64 bitmap_to_arr64")
{
	u32 words[4] = { 0x80000001, 3, 0, 0xffffffff }, back[4] = {};
	u64 longs[2] = {};

	bitmap_from_arr32(a, words, BITS);
	answer("arr32=%*pbl", BITS, a);
	bitmap_to_arr32(back, a, BITS);
	answer("back=%x,%x,%x,%x", back[0], back[1], back[2], back[3]);
	bitmap_to_arr64(longs, a, BITS);
	bitmap_from_arr64(to, longs, BITS);
	answer("arr64=%llx,%llx same=%d", longs[0], longs[1], bitmap_equal(a, to, BITS));
	bitmap_zero(a, BITS);
	bitmap_from_u64(a, 0x8000000100000001ull);
	answer("u64=%*pbl value8=%lx,%lx", BITS, a, bitmap_get_value8(a, 0), bitmap_get_value8(a, 56));
	bitmap_set_value8(a, 0xa5, 8);
	answer("set_value8=%*pbl", BITS, a);
}

CASE(places, "bitmap_cut bitmap_remap bitmap_bitremap bitmap_replace")
{
	list(a, "0,2,60-66,99");
	bitmap_cut(to, a, 1, 2, BITS);
	answer("cut=%*pbl", BITS, to);
	list(a, "4-7");
	list(b, "12-15");
	list(to, "0,5,7");
	bitmap_remap(to, to, a, b, BITS);
	answer("remap=%*pbl bit=%d,%d", BITS, to, bitmap_bitremap(5, a, b, BITS), bitmap_bitremap(1, a, b, BITS));
	list(a, "0-9,64-70");
	list(b, "5-20,70");
	list(to, "5-9");
	bitmap_replace(to, a, b, to, BITS);
	answer("replace=%*pbl", BITS, to);
}

CASE(regions, "bitmap_find_next_zero_area_off bitmap_allocate_region")
{
	int ret[2];

	list(a, "0-3,6,12-15,32-99");
	answer("offset=%lu", bitmap_find_next_zero_area_off(a, BITS, 0, 2, 7, 1));
	ret[0] = bitmap_allocate_region(a, 16, 3);
	ret[1] = bitmap_allocate_region(a, 16, 2);
	answer("allocate=%d,%d bits=%*pbl", ret[0], ret[1], BITS, a);
}

ASK_MODULE(&case_parselist, &case_parse, &case_page, &case_words, &case_places, &case_regions);
