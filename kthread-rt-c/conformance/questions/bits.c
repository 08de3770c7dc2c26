// SPDX-License-Identifier: MIT OR Apache-2.0
/* Single bits and words of them: setting, finding, counting, turning. */
#include "ask.h"
#include <linux/bitops.h>
#include <linux/log2.h>
#include <linux/swab.h>

static DECLARE_BITMAP(map, 130);

CASE(change, "set_bit clear_bit change_bit test_bit __set_bit __clear_bit __change_bit assign_bit __assign_bit")
{
	memset(map, 0, sizeof(map));
	set_bit(3, map);
	__set_bit(64, map);
	change_bit(3, map);
	change_bit(4, map);
	__change_bit(129, map);
	answer("now=%*pbl test=%d,%d,%d", 130, map, !!test_bit(3, map), !!test_bit(64, map), !!test_bit(129, map));
	clear_bit(64, map);
	__clear_bit(129, map);
	assign_bit(7, map, true);
	__assign_bit(8, map, true);
	assign_bit(4, map, false);
	answer("then=%*pbl", 130, map);
}

CASE(test_and, "test_and_set_bit test_and_clear_bit test_and_change_bit __test_and_set_bit __test_and_clear_bit"
	       " __test_and_change_bit test_and_set_bit_lock clear_bit_unlock __clear_bit_unlock")
{
	int was[6];

	memset(map, 0, sizeof(map));
	was[0] = test_and_set_bit(70, map);
	was[1] = test_and_set_bit(70, map);
	was[2] = test_and_clear_bit(70, map);
	was[3] = test_and_clear_bit(70, map);
	was[4] = test_and_change_bit(70, map);
	was[5] = test_and_change_bit(70, map);
	answer("set=%d,%d clear=%d,%d change=%d,%d", was[0], was[1], was[2], was[3], was[4], was[5]);
	was[0] = __test_and_set_bit(1, map);
	was[1] = __test_and_set_bit(1, map);
	was[2] = __test_and_clear_bit(1, map);
	was[3] = __test_and_change_bit(1, map);
	was[4] = test_and_set_bit_lock(5, map);
	was[5] = test_and_set_bit_lock(5, map);
	answer("plain=%d,%d,%d,%d lock=%d,%d", was[0], was[1], was[2], was[3], was[4], was[5]);
	clear_bit_unlock(5, map);
	__clear_bit_unlock(1, map);
	answer("unlocked=[%*pbl]", 130, map);
}

CASE(find, "find_first_bit find_first_zero_bit find_next_bit find_next_zero_bit find_last_bit find_first_and_bit"
	   " find_next_and_bit find_next_andnot_bit find_nth_bit find_next_bit_wrap")
{
	static DECLARE_BITMAP(other, 130);

	memset(map, 0, sizeof(map));
	memset(other, 0, sizeof(other));
	answer("of_none first=%lu next=%lu last=%lu zero=%lu", find_first_bit(map, 130), find_next_bit(map, 130, 5),
	       find_last_bit(map, 130), find_first_zero_bit(map, 130));
	__set_bit(2, map);
	__set_bit(65, map);
	__set_bit(129, map);
	answer("first=%lu next=%lu,%lu,%lu last=%lu", find_first_bit(map, 130), find_next_bit(map, 130, 2),
	       find_next_bit(map, 130, 3), find_next_bit(map, 130, 130), find_last_bit(map, 130));
	answer("zero=%lu next_zero=%lu,%lu size_129=%lu beyond=%lu", find_first_zero_bit(map, 130),
	       find_next_zero_bit(map, 130, 2), find_next_zero_bit(map, 130, 129), find_next_bit(map, 129, 66),
	       find_next_bit(map, 130, 500));
	__set_bit(65, other);
	__set_bit(100, other);
	answer("and=%lu next_and=%lu,%lu andnot=%lu,%lu", find_first_and_bit(map, other, 130),
	       find_next_and_bit(map, other, 130, 3), find_next_and_bit(map, other, 130, 66),
	       find_next_andnot_bit(map, other, 130, 3), find_next_andnot_bit(other, map, 130, 101));
	answer("nth=%lu,%lu none_is_beyond=%d wrap=%lu,%lu", find_nth_bit(map, 130, 0), find_nth_bit(map, 130, 2),
	       find_nth_bit(map, 130, 3) >= 130, find_next_bit_wrap(other, 130, 101), find_next_bit_wrap(other, 130, 66));
}

CASE(each, "for_each_set_bit for_each_set_bit_from for_each_clear_bit for_each_and_bit")
{
	unsigned long word = 0xb1, other = 0x31;
	unsigned int bit;
	char text[60];
	int length = 0;

	for_each_set_bit(bit, &word, 8)
		length += snprintf(text + length, sizeof(text) - length, "%u ", bit);
	answer("set=[%s]", text);
	length = 0;
	bit = 4;
	for_each_set_bit_from(bit, &word, 8)
		length += snprintf(text + length, sizeof(text) - length, "%u ", bit);
	answer("from=[%s]", text);
	length = 0;
	for_each_clear_bit(bit, &word, 8)
		length += snprintf(text + length, sizeof(text) - length, "%u ", bit);
	answer("clear=[%s]", text);
	length = 0;
	for_each_and_bit(bit, &word, &other, 8)
		length += snprintf(text + length, sizeof(text) - length, "%u ", bit);
	answer("and=[%s]", text);
}

CASE(position, "ffs fls __ffs __fls fls64 ffz fls_long __ffs64 get_count_order get_count_order_long")
{
	volatile unsigned long long one = 1;

	answer("ffs=%d,%d,%d fls=%d,%d,%d", ffs((int)(one - 1)), ffs((int)(one << 4)), ffs((int)(one << 31)),
	       fls((unsigned int)(one - 1)), fls((unsigned int)one), fls((unsigned int)(one << 31)));
	answer("__ffs=%lu,%lu __fls=%lu,%lu ffz=%lu,%lu", __ffs(one << 40), __ffs(one | 6), __fls(one << 40 | 1), __fls(one),
	       ffz(one), ffz(one << 63));
	answer("fls64=%d,%d,%d fls_long=%d __ffs64=%lu", fls64(one - 1), fls64(one), fls64(one << 63),
	       (int)fls_long(one << 33), (unsigned long)__ffs64(one << 50));
	answer("count_order=%d,%d,%d,%d long=%d", get_count_order((unsigned int)(one - 1)), get_count_order((unsigned int)one),
	       get_count_order((unsigned int)(one + 4)), get_count_order((unsigned int)(one << 3)),
	       get_count_order_long(one << 40 | 1));
}

CASE(count, "hweight8 hweight16 hweight32 hweight64 hweight_long rol32 ror32 rol64 ror64 rol16 ror16 rol8 ror8"
	    " sign_extend32 sign_extend64")
{
	volatile unsigned long long pattern = 0xf0f1f2f3f4f5f6f7ull;

	answer("hweight=%u,%u,%u,%lu,%lu", (unsigned int)hweight8(pattern & 0xff), (unsigned int)hweight16(pattern & 0xffff),
	       (unsigned int)hweight32((u32)pattern), (unsigned long)hweight64(pattern), (unsigned long)hweight_long(pattern));
	answer("rol=%x,%x,%x,%llx", rol8(0x81, 1), rol16(0x8001, 4), rol32(0x80000001, 8), (u64)rol64(pattern, 12));
	answer("ror=%x,%x,%x,%llx by_0=%x", ror8(0x81, 1), ror16(0x8001, 4), ror32(0x80000001, 8), (u64)ror64(pattern, 12),
	       rol32(0x12345678, 0));
	answer("sign_extend=%d,%d,%lld,%lld", sign_extend32(0x80, 7), sign_extend32(0x7f, 7), (s64)sign_extend64(0x800, 11),
	       (s64)sign_extend64(0x7ff, 11));
}

CASE(masks, "BIT BIT_ULL BIT_MASK BIT_WORD GENMASK GENMASK_ULL BITS_PER_BYTE"
	    " BITS_PER_LONG BITS_PER_TYPE set_mask_bits")
{
	unsigned long word = 0xff00;

	answer("bit=%lx,%llx mask=%lx word=%lu", BIT(5), BIT_ULL(40), BIT_MASK(70), (unsigned long)BIT_WORD(70));
	answer("genmask=%lx,%lx,%llx", GENMASK(7, 4), GENMASK(63, 0), GENMASK_ULL(39, 21));
	answer("sizes=%d,%d,%d", BITS_PER_BYTE, BITS_PER_LONG, (int)BITS_PER_TYPE(u16));
	set_mask_bits(&word, 0x0f00ul, 0x5ul);
	answer("set_mask_bits=%lx", word);
}

CASE(bytes, "swab16 swab32 swab64 cpu_to_be16 cpu_to_be32 cpu_to_be64 cpu_to_le32 be32_to_cpu swahw32 swahb32"
	    " be16_to_cpup le64_to_cpu")
{
	volatile u64 value = 0x0102030405060708ull;
	__be32 big = cpu_to_be32((u32)value);
	__be16 half = cpu_to_be16((u16)value);

	answer("swab=%x,%x,%llx hw=%x hb=%x", swab16((u16)value), swab32((u32)value), (u64)swab64(value), swahw32((u32)value),
	       swahb32((u32)value));
	answer("be=%x,%x,%llx le=%x back=%x,%x,%llx", (__force u16)half, (__force u32)big, (__force u64)cpu_to_be64(value),
	       (__force u32)cpu_to_le32((u32)value), be32_to_cpu(big), be16_to_cpup(&half),
	       (u64)le64_to_cpu((__force __le64)value));
}

ASK_MODULE(&case_change, &case_test_and, &case_find, &case_each, &case_position, &case_count, &case_masks,
	   &case_bytes);
