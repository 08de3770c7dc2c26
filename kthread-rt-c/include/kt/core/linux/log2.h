/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Powers of two. */
#ifndef KT_CORE_LINUX_LOG2_H
#define KT_CORE_LINUX_LOG2_H

#include <kt/core/linux/types.h>

/* Constant for constants. */
#define ilog2(n) (63 - __builtin_clzll((unsigned long long)(n)))
#define const_ilog2(n) ilog2(n)

static inline bool is_power_of_2(unsigned long n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

#define roundup_pow_of_two(n) ((n) <= 1 ? 1UL : 1UL << (ilog2((n) - 1) + 1))
#define rounddown_pow_of_two(n) (1UL << ilog2(n))

static inline unsigned long __roundup_pow_of_two(unsigned long n)
{
	return roundup_pow_of_two(n);
}

#define order_base_2(n) ((n) > 1 ? ilog2((n) - 1) + 1 : 0)
#define bits_per(n) ((n) > 1 ? ilog2(n) + 1 : 1)

#endif
