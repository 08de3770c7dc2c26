/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Rounding and dividing. */
#ifndef KT_CORE_LINUX_MATH_H
#define KT_CORE_LINUX_MATH_H

#include <kt/core/linux/compiler.h>
#include <kt/core/linux/types.h>

#define DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))
#define DIV_ROUND_UP_ULL(n, d) DIV_ROUND_UP((unsigned long long)(n), d)
/*
 * The nearest quotient; halves are rounded away from zero. An unsigned operand makes it an unsigned
 * division.
 */
#define __kt_is_signed(type) ((type)-1 < (type)1)
#define DIV_ROUND_CLOSEST(n, d) \
	({ \
		__typeof__(n) __kt_n = (n); \
		__typeof__(d) __kt_d = (d); \
		__kt_is_signed(__typeof__(n)) && __kt_is_signed(__typeof__(d)) && (__kt_n < 0) != (__kt_d < 0) \
			? (__kt_n - __kt_d / 2) / __kt_d \
			: (__kt_n + __kt_d / 2) / __kt_d; \
	})
#define roundup(n, to) (DIV_ROUND_UP(n, to) * (to))
#define rounddown(n, to) ((n) - (n) % (to))
#define round_up(n, to) ((((n) - 1) | ((__typeof__(n))(to) - 1)) + 1)
#define round_down(n, to) ((n) & ~((__typeof__(n))(to) - 1))
#define ALIGN(n, to) round_up(n, to)
#define ALIGN_DOWN(n, to) round_down(n, to)
#define PTR_ALIGN(p, to) ((__typeof__(p))ALIGN((unsigned long)(p), (to)))
#define IS_ALIGNED(n, to) (((n) & ((__typeof__(n))(to) - 1)) == 0)
#ifndef __cplusplus
/* A char is signed here, even if it is not elsewhere. */
#define abs(n) \
	({ \
		__auto_type __kt_n = _Generic((n), char: (signed char)(n), default: (n)); \
		__kt_n < 0 ? -__kt_n : __kt_n; \
	})
#endif
#define abs_diff(a, b) ({ __typeof__(a) __kt_d = (a); __typeof__(b) __kt_e = (b); __kt_d > __kt_e ? __kt_d - __kt_e : __kt_e - __kt_d; })

#define DIV_ROUND_DOWN_ULL(n, d) ((unsigned long long)(n) / (d))
#define DIV_ROUND_CLOSEST_ULL(n, d) ((unsigned long long)(n) / (d) + ((unsigned long long)(n) % (d) >= ((d) + 1) / 2))
#define DIV_ROUND_UP_SECTOR_T(n, d) DIV_ROUND_UP_ULL(n, d)
/* n * num / denom, without overflow of the product. */
#define mult_frac(n, num, denom) \
	({ \
		__typeof__(n) __kt_mult = (n); \
		__typeof__(num) __kt_num = (num); \
		__typeof__(denom) __kt_denom = (denom); \
		__kt_mult / __kt_denom * __kt_num + __kt_mult % __kt_denom * __kt_num / __kt_denom; \
	})
#define sector_div(n, base) \
	({ \
		u32 __kt_base = (base); \
		u32 __kt_rest = (u32)((n) % __kt_base); \
		(n) /= __kt_base; \
		__kt_rest; \
	})

/* n to the power of `exponent`, by squaring; modulo 2^64. */
static inline u64 int_pow(u64 n, unsigned int exponent)
{
	u64 power = 1;

	for (; exponent; exponent >>= 1, n *= n)
		if (exponent & 1)
			power *= n;
	return power;
}

/* The greatest number whose square is not greater: computed bit by bit, from the highest. */
static inline unsigned long int_sqrt(unsigned long n)
{
	unsigned long root = 0, bit = 1UL << (8 * sizeof(n) - 2);

	for (; bit; bit >>= 2) {
		bool fits = n >= root + bit;

		if (fits)
			n -= root + bit;
		root = (root >> 1) + (fits ? bit : 0);
	}
	return root;
}

static inline u32 int_sqrt64(u64 n)
{
	return (u32)int_sqrt((unsigned long)n);
}

#endif
