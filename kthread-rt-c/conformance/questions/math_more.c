// SPDX-License-Identifier: MIT OR Apache-2.0
/* Arithmetic that few modules use: wide products, powers, reciprocals, fractions. */
#include "ask.h"
#include <linux/lcm.h>
#include <linux/math.h>
#include <linux/math64.h>
#include <linux/rational.h>
#include <linux/reciprocal_div.h>

CASE(wide, "mul_u64_u64_shr iter_div_u64_rem DIV_ROUND_CLOSEST_ULL DIV_ROUND_DOWN_ULL int_pow mult_frac"
	   " int_sqrt64 DIV_S64_ROUND_CLOSEST")
{
	volatile u64 large = 0xfedcba9876543210ull;
	u64 rest;
	u32 rounds = iter_div_u64_rem(2500000000ull, 1000000000, &rest);

	answer("shr=%llu iter=%u,%llu", mul_u64_u64_shr(large, large, 64), rounds, rest);
	answer("closest=%llu down=%llu frac=%d,%lu", (u64)DIV_ROUND_CLOSEST_ULL(large, 10), (u64)DIV_ROUND_DOWN_ULL(large, 10),
	       mult_frac(-1000, 2, 3), mult_frac(1ul << 60, 3ul, 4ul));
	answer("s64_closest=%lld,%lld", (s64)DIV_S64_ROUND_CLOSEST(-7, 2), (s64)DIV_S64_ROUND_CLOSEST(7, 2));
	answer("pow=%llu,%llu,%llu sqrt=%u", int_pow(10, 19), int_pow(3, 0), int_pow(0, 3), (unsigned int)int_sqrt64(large));
}

CASE(roots, "int_sqrt lcm_not_zero")
{
	volatile unsigned long n = 1000, one = 1, zero = 0, large = 0xfedcba9876543210ul;

	answer("sqrt=%lu,%lu,%lu,%lu", int_sqrt(zero), int_sqrt(n), int_sqrt(one << 40), int_sqrt(large));
	answer("not_zero=%lu,%lu,%lu", lcm_not_zero(n, 75), lcm_not_zero(n, zero), lcm_not_zero(zero, n));
}

CASE(reciprocal, "reciprocal_value reciprocal_divide")
{
	struct reciprocal_value by_7 = reciprocal_value(7), by_1000 = reciprocal_value(1000);

	answer("by_7=%u,%u by_1000=%u", reciprocal_divide(100, by_7), reciprocal_divide(0xffffffff, by_7),
	       reciprocal_divide(123456, by_1000));
}

CASE(rational, "rational_best_approximation")
{
	unsigned long n, d;

	rational_best_approximation(31415, 10000, 100, 100, &n, &d);
	answer("pi=%lu/%lu", n, d);
	rational_best_approximation(1, 3, 10, 10, &n, &d);
	answer("third=%lu/%lu", n, d);
}

ASK_MODULE(&case_wide, &case_roots, &case_reciprocal, &case_rational);
