// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * linux/overflow.h, linux/reciprocal_div.h: what fits a type, structures of any length on the
 * stack, divisors for fewer bits.
 */
#include "ask.h"
#include <linux/overflow.h>
#include <linux/reciprocal_div.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
struct flex {
	u8 begin;
	u16 count;
	u32 of[];
};

CASE(fits, "overflows_type")
{
	static volatile long numbers[] = { 0, -1, 127, 128, 255, 256, 65535, 65536, INT_MAX, INT_MAX + 1L, LONG_MAX, LONG_MIN };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		long n = numbers[i];

		answer("number=%zu u8=%d s8=%d u16=%d int=%d ulong=%d", i, overflows_type(n, u8), overflows_type(n, s8),
		       overflows_type(n, u16), overflows_type(n, int), overflows_type(n, unsigned long));
	}
}

CASE(flexible, "DEFINE_FLEX DEFINE_RAW_FLEX")
{
	DEFINE_FLEX(struct flex, counted, of, count, 3);
	DEFINE_RAW_FLEX(struct flex, raw, of, 2);

	answer("count=%d begin=%d last=%u", counted->count, counted->begin, counted->of[2]);
	answer("raw=%d begin=%d last=%u", raw->count, raw->begin, raw->of[1]);
}
#else
CASE(fits, "reciprocal_value_adv")
{
}

CASE(flexible, "reciprocal_value_adv")
{
}
#endif

CASE(divisors, "reciprocal_value_adv")
{
	static const u32 divisors[] = { 1, 2, 3, 5, 7, 10, 11, 100, 641, 1000000007, 0x7fffffff, 0x80000000 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(divisors); i++) {
		struct reciprocal_value_adv all = reciprocal_value_adv(divisors[i], 32), few = reciprocal_value_adv(divisors[i], 16);

		answer("of=%u m=%u sh=%u exp=%u wide=%d m16=%u sh16=%u wide16=%d", divisors[i], all.m, all.sh, all.exp,
		       all.is_wide_m, few.m, few.sh, few.is_wide_m);
	}
}

ASK_MODULE(&case_fits, &case_flexible, &case_divisors);
