/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Divisions of 64-bit numbers. */
#ifndef KT_CORE_LINUX_MATH64_H
#define KT_CORE_LINUX_MATH64_H

#include <kt/core/linux/math.h>
#include <kt/core/linux/types.h>

/* Divides in place, and returns the remainder. */
#define do_div(n, base) \
	({ \
		u32 __kt_base = (base); \
		u32 __kt_rest = (u32)((u64)(n) % __kt_base); \
		(n) = (u64)(n) / __kt_base; \
		__kt_rest; \
	})

static inline u64 div_u64_rem(u64 n, u32 divisor, u32 *rest)
{
	*rest = (u32)(n % divisor);
	return n / divisor;
}

static inline s64 div_s64_rem(s64 n, s32 divisor, s32 *rest)
{
	*rest = (s32)(n % divisor);
	return n / divisor;
}

static inline u64 div64_u64_rem(u64 n, u64 divisor, u64 *rest)
{
	*rest = n % divisor;
	return n / divisor;
}

static inline u64 div_u64(u64 n, u32 divisor)
{
	return n / divisor;
}

static inline s64 div_s64(s64 n, s32 divisor)
{
	return n / divisor;
}

static inline u64 div64_u64(u64 n, u64 divisor)
{
	return n / divisor;
}

static inline s64 div64_s64(s64 n, s64 divisor)
{
	return n / divisor;
}

static inline u64 mul_u32_u32(u32 a, u32 b)
{
	return (u64)a * b;
}

static inline u64 mul_u64_u32_shr(u64 a, u32 b, unsigned int shift)
{
	return (u64)((unsigned __int128)a * b >> shift);
}

static inline u64 mul_u64_u64_div_u64(u64 a, u64 b, u64 divisor)
{
	return (u64)((unsigned __int128)a * b / divisor);
}

#define div64_long(a, b) div64_s64(a, b)
#define div64_ul(a, b) div64_u64(a, b)
#define DIV64_U64_ROUND_UP(n, d) div64_u64((n) + (d) - 1, d)
#define DIV64_U64_ROUND_CLOSEST(n, d) div64_u64((n) + (d) / 2, d)
#define DIV_U64_ROUND_CLOSEST(n, d) div_u64((u64)(n) + (d) / 2, d)

#define DIV_S64_ROUND_CLOSEST(n, d) \
	({ \
		s64 __kt_n = (n); \
		s32 __kt_d = (d); \
		((__kt_n > 0) == (__kt_d > 0)) ? div_s64(__kt_n + __kt_d / 2, __kt_d) : div_s64(__kt_n - __kt_d / 2, __kt_d); \
	})

static inline u64 mul_u64_u64_shr(u64 a, u64 b, unsigned int shift)
{
	return (u64)((unsigned __int128)a * b >> shift);
}

static inline u64 mul_s64_u64_shr(s64 a, u64 b, unsigned int shift)
{
	u64 product = mul_u64_u64_shr(a < 0 ? -(u64)a : (u64)a, b, shift);

	return a < 0 ? -product : product;
}

static inline u64 mul_u64_u32_div(u64 a, u32 b, u32 divisor)
{
	return (u64)((unsigned __int128)a * b / divisor);
}

/* For a quotient that is known to be small. */
static inline u32 iter_div_u64_rem(u64 n, u32 divisor, u64 *rest)
{
	*rest = n % divisor;
	return (u32)(n / divisor);
}

static inline u32 __iter_div_u64_rem(u64 n, u32 divisor, u64 *rest)
{
	return iter_div_u64_rem(n, divisor, rest);
}

#endif
