/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Divisions by an invariant number, by a multiplication and shifts (Granlund and Montgomery, 1994).
 */
#ifndef KT_CORE_LINUX_RECIPROCAL_DIV_H
#define KT_CORE_LINUX_RECIPROCAL_DIV_H

#include <kt/core/linux/types.h>

struct reciprocal_value {
	u32 m;
	u8 sh1, sh2;
};

/*
 * For numbers of `precision` bits: `exp` is the binary logarithm of the divisor, rounded up; with
 * is_wide_m, m has a bit above its 32.
 */
struct reciprocal_value_adv {
	u32 m;
	u8 sh, exp;
	bool is_wide_m;
};

KT_BEGIN
struct reciprocal_value reciprocal_value(u32 divisor);
struct reciprocal_value_adv reciprocal_value_adv(u32 divisor, u8 precision);
KT_END

static inline u32 reciprocal_divide(u32 n, struct reciprocal_value r)
{
	u32 high = (u32)((u64)n * r.m >> 32);

	return (high + ((n - high) >> r.sh1)) >> r.sh2;
}

#endif
