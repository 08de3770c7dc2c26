// SPDX-License-Identifier: MIT OR Apache-2.0
/* Division of 64 bits, roots, powers, rounding, least and most. */
#include "ask.h"
#include <linux/gcd.h>
#include <linux/lcm.h>
#include <linux/log2.h>
#include <linux/math.h>
#include <linux/math64.h>
#include <linux/minmax.h>

static volatile u64 large = 0xfedcba9876543210ull;
static volatile s64 least = S64_MIN;
static volatile int seven = 7;
static volatile unsigned int three = 3;

CASE(divide, "do_div div_u64 div_s64 div_u64_rem div_s64_rem div64_u64 div64_s64 div64_u64_rem mul_u32_u32"
	     " mul_u64_u32_shr DIV_U64_ROUND_CLOSEST DIV64_U64_ROUND_UP DIV64_U64_ROUND_CLOSEST div64_long div64_ul"
	     " mul_u64_u64_div_u64")
{
	u64 n = large, rest64, quotient;
	u32 rest = do_div(n, 1000);
	s32 srest;
	s64 squotient;

	answer("do_div=%llu rest=%u", n, rest);
	quotient = div_u64_rem(large, 7, &rest);
	answer("u64=%llu rem=%llu,%u", div_u64(large, 7), quotient, rest);
	squotient = div_s64_rem(-(s64)100, 7, &srest);
	answer("s64=%lld,%lld rem=%lld,%d", div_s64(-100, 7), div_s64(least, 2), squotient, srest);
	quotient = div64_u64_rem(large, 0x100000001ull, &rest64);
	answer("64=%llu,%lld rem=%llu,%llu", div64_u64(large, 0x100000001ull), div64_s64(least, -0x100000001ll), quotient, rest64);
	answer("long=%ld ul=%lu", (long)div64_long(-100, 7), (unsigned long)div64_ul(100, 7));
	answer("mul=%llu shr=%llu div=%llu", mul_u32_u32(0xffffffff, 0xffffffff), mul_u64_u32_shr(large, 0x80000000, 32),
	       mul_u64_u64_div_u64(large, 1000, 2000));
	answer("round up=%llu closest=%llu,%llu", (u64)DIV64_U64_ROUND_UP(large, 10ull), (u64)DIV64_U64_ROUND_CLOSEST(7ull, 2ull),
	       (u64)DIV_U64_ROUND_CLOSEST(large, 10));
}

CASE(round, "DIV_ROUND_UP DIV_ROUND_UP_ULL DIV_ROUND_CLOSEST"
	    " roundup rounddown round_up round_down ALIGN ALIGN_DOWN IS_ALIGNED PTR_ALIGN")
{
	answer("up=%d,%d,%llu closest=%d,%d,%d,%d", DIV_ROUND_UP(seven, 2), DIV_ROUND_UP(seven, 7),
	       (u64)DIV_ROUND_UP_ULL(large, 10), DIV_ROUND_CLOSEST(seven, 2), DIV_ROUND_CLOSEST(-seven, 2),
	       DIV_ROUND_CLOSEST(seven, -2), DIV_ROUND_CLOSEST(-seven, 3));
	answer("unsigned=%u,%u", DIV_ROUND_CLOSEST(three, 2u), DIV_ROUND_UP(three, 2u));
	answer("roundup=%d,%d,%u rounddown=%d,%d", roundup(seven, 5), roundup(-seven, 5), roundup(three, 3u), rounddown(seven, 5),
	       rounddown(-seven, 5));
	answer("round_up=%d,%u round_down=%d,%u", round_up(seven, 4), round_up(three, 1u), round_down(seven, 4),
	       round_down(three, 2u));
	answer("align=%d,%d down=%d is=%d,%d ptr=%lx", ALIGN(seven, 8), ALIGN(8, 8), ALIGN_DOWN(seven, 4), IS_ALIGNED(seven, 4),
	       IS_ALIGNED(seven + 1, 4), (unsigned long)PTR_ALIGN((char *)(unsigned long)seven, 16));
}

CASE(power, "is_power_of_2 ilog2 roundup_pow_of_two rounddown_pow_of_two order_base_2 bits_per gcd lcm")
{
	volatile unsigned long n = 1000, one = 1, zero = 0;

	answer("is=%d,%d,%d ilog2=%d,%d,%d", is_power_of_2(zero), is_power_of_2(one << 40), is_power_of_2(n), ilog2(one), ilog2(n),
	       ilog2(large));
	answer("up=%lu,%lu down=%lu,%lu", roundup_pow_of_two(n), roundup_pow_of_two(one << 9), rounddown_pow_of_two(n),
	       rounddown_pow_of_two(one << 9));
	answer("order=%d,%d,%d,%d bits=%d,%d", order_base_2(zero), order_base_2(one), order_base_2(n), order_base_2(one << 5),
	       bits_per(n), bits_per(one << 5));
	answer("gcd=%lu,%lu,%lu lcm=%lu,%lu", gcd(n, 75), gcd(n, zero), gcd(17, 5), lcm(n, 75), lcm(n, zero));
}

CASE(least_and_most, "min max min_t max_t min3 max3 min_not_zero clamp clamp_t clamp_val swap abs S64_MIN U64_MAX"
		     " U8_MAX S16_MIN INT_MAX ULONG_MAX")
{
	int a = seven, b = -2;
	char c = -5;

	answer("min=%d max=%d of_3=%d,%d", min(a, b), max(a, b), min3(a, b, 0), max3(a, b, 9));
	answer("t=%d,%u u8=%d", min_t(int, a, b), max_t(unsigned int, a, b), max_t(u8, 0x105, 6));
	answer("not_zero=%d,%d,%d", min_not_zero(a, 3), min_not_zero(a, 0), min_not_zero(0, a));
	answer("clamp=%d,%d,%d t=%d val=%d", clamp(a, 0, 5), clamp(b, 0, 5), clamp(3, 0, 5), clamp_t(int, b, -1, 1),
	       clamp_val(a, 8, 9));
	swap(a, b);
	answer("swap=%d,%d", a, b);
	answer("abs=%d,%d,%lld", abs(a), abs(c), abs(least + 1));
	answer("limits=%lld,%llu,%u,%d,%d,%lu", S64_MIN, U64_MAX, U8_MAX, S16_MIN, INT_MAX, ULONG_MAX);
}

ASK_MODULE(&case_divide, &case_round, &case_power, &case_least_and_most);
