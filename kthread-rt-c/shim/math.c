/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* linux/reciprocal_div.h, linux/rational.h. */
#include <kt/core/linux/bitops.h>
#include <kt/core/linux/bug.h>
#include <kt/core/linux/limits.h>
#include <kt/core/linux/rational.h>
#include <kt/core/linux/reciprocal_div.h>

/* The binary logarithm, rounded up. */
static unsigned int log2_up(u32 n)
{
	return (unsigned int)fls(n - 1);
}

struct reciprocal_value reciprocal_value(u32 divisor)
{
	unsigned int l = log2_up(divisor);
	u64 m = ((1ULL << 32) * ((1ULL << l) - divisor)) / divisor + 1;

	return (struct reciprocal_value){ .m = (u32)m, .sh1 = l < 1 ? (u8)l : 1, .sh2 = l < 1 ? 0 : (u8)(l - 1) };
}

/* Figure 6.2 of the paper: shortens the multiplier while the precision is kept. */
struct reciprocal_value_adv reciprocal_value_adv(u32 divisor, u8 precision)
{
	struct reciprocal_value_adv r;
	unsigned int l = log2_up(divisor), shift = l;
	u64 low, high;

	WARN(l == 32, "divisor (0x%08x) >= 2^31", divisor);
	low = (1ULL << (32 + l)) / divisor;
	high = ((1ULL << (32 + l)) + (1ULL << (32 + l - precision))) / divisor;
	for (; shift && low >> 1 < high >> 1; shift--) {
		low >>= 1;
		high >>= 1;
	}
	r.sh = (u8)shift;
	r.exp = (u8)l;
	r.is_wide_m = high > U32_MAX;
	r.m = (u32)high;
	return r;
}

/*
 * Computes convergents n/d of the continued fraction while both terms are within their limits. The
 * greatest semiconvergent within the limits replaces the last convergent if it is nearer: if its
 * factor is more than half of the next term, or exactly half and the remainder decides for it.
 */
void rational_best_approximation(unsigned long given_numerator, unsigned long given_denominator, unsigned long max_numerator,
				 unsigned long max_denominator, unsigned long *best_numerator, unsigned long *best_denominator)
{
	unsigned long n = given_numerator, d = given_denominator;
	unsigned long n0 = 0, d0 = 1, n1 = 1, d1 = 0;

	while (d) {
		unsigned long term = n / d, rest = n % d, n2, d2, factor = ULONG_MAX;

		n2 = n0 + term * n1;
		d2 = d0 + term * d1;
		if (n2 <= max_numerator && d2 <= max_denominator) {
			n0 = n1, n1 = n2;
			d0 = d1, d1 = d2;
			n = d, d = rest;
			continue;
		}
		if (d1)
			factor = (max_denominator - d0) / d1;
		if (n1 && (max_numerator - n0) / n1 < factor)
			factor = (max_numerator - n0) / n1;
		if (!d1 || 2 * factor > term || (2 * factor == term && d0 * d > d1 * rest)) {
			n1 = n0 + factor * n1;
			d1 = d0 + factor * d1;
		}
		break;
	}
	*best_numerator = n1;
	*best_denominator = d1;
}
