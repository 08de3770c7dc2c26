/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Bits and masks. */
#ifndef KT_CORE_LINUX_BITS_H
#define KT_CORE_LINUX_BITS_H

#include <kt/core/linux/build_bug.h>

#define BITS_PER_BYTE 8
#ifndef BITS_PER_LONG
#define BITS_PER_LONG (8 * __SIZEOF_LONG__)
#endif
#ifndef BITS_PER_LONG_LONG
#define BITS_PER_LONG_LONG 64
#endif
#define BIT(nr) (1UL << (nr))
#define BIT_ULL(nr) (1ULL << (nr))
#define BIT_MASK(nr) (1UL << ((nr) % BITS_PER_LONG))
#define BIT_WORD(nr) ((nr) / BITS_PER_LONG)
#define BIT_ULL_MASK(nr) (1ULL << ((nr) % BITS_PER_LONG_LONG))
#define BIT_ULL_WORD(nr) ((nr) / BITS_PER_LONG_LONG)
/* Constants must not be reversed. */
#define GENMASK_INPUT_CHECK(high, low) \
	BUILD_BUG_ON_ZERO(__builtin_choose_expr(__builtin_constant_p((low) > (high)), (low) > (high), 0))
/* The bits from l to h, both included. */
#define GENMASK(h, l) ((~0UL << (l)) & (~0UL >> (BITS_PER_LONG - 1 - (h))))
#define GENMASK_ULL(h, l) ((~0ULL << (l)) & (~0ULL >> (BITS_PER_LONG_LONG - 1 - (h))))

#endif
