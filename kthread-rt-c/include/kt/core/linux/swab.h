/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Byte swaps. */
#ifndef KT_CORE_LINUX_SWAB_H
#define KT_CORE_LINUX_SWAB_H

#include <kt/core/linux/types.h>

#define swab16(x) __builtin_bswap16(x)
#define swab32(x) __builtin_bswap32(x)
#define swab64(x) ((u64)__builtin_bswap64(x))
#define __swab16(x) swab16(x)
#define __swab32(x) swab32(x)
#define __swab64(x) swab64(x)

/* Swaps the halves of a word; swaps the bytes of each half. */
#define swahw32(x) kt_swahw32(x)
#define swahb32(x) kt_swahb32(x)
#define __swahw32(x) kt_swahw32(x)
#define __swahb32(x) kt_swahb32(x)

static inline u32 kt_swahw32(u32 x)
{
	return x << 16 | x >> 16;
}

static inline u32 kt_swahb32(u32 x)
{
	return kt_swahw32(swab32(x));
}

/* By pointer; and in place. */
#define __KT_SWAB(type, name) \
	static inline type kt_##name##p(const type *p) \
	{ \
		return (type)name(*p); \
	} \
	static inline void kt_##name##s(type *p) \
	{ \
		*p = (type)name(*p); \
	}
__KT_SWAB(u16, swab16)
__KT_SWAB(u32, swab32)
__KT_SWAB(u64, swab64)
__KT_SWAB(u32, swahw32)
__KT_SWAB(u32, swahb32)
#define swab16p(p) kt_swab16p(p)
#define swab32p(p) kt_swab32p(p)
#define swab64p(p) kt_swab64p(p)
#define swahw32p(p) kt_swahw32p(p)
#define swahb32p(p) kt_swahb32p(p)
#define swab16s(p) kt_swab16s(p)
#define swab32s(p) kt_swab32s(p)
#define swab64s(p) kt_swab64s(p)
#define swahw32s(p) kt_swahw32s(p)
#define swahb32s(p) kt_swahb32s(p)

static inline void swab16_array(u16 *words, unsigned int count)
{
	while (count--)
		swab16s(words++);
}

static inline void swab32_array(u32 *words, unsigned int count)
{
	while (count--)
		swab32s(words++);
}

static inline void swab64_array(u64 *words, unsigned int count)
{
	while (count--)
		swab64s(words++);
}

#endif
