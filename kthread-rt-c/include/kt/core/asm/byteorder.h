/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The order of bytes, of a little-endian machine. */
#ifndef KT_CORE_ASM_BYTEORDER_H
#define KT_CORE_ASM_BYTEORDER_H

#include <kt/core/linux/swab.h>
#include <kt/core/linux/types.h>

#ifndef __LITTLE_ENDIAN
#define __LITTLE_ENDIAN 1234
#endif

#define cpu_to_le16(x) ((__le16)(x))
#define cpu_to_le32(x) ((__le32)(x))
#define cpu_to_le64(x) ((__le64)(x))
#define le16_to_cpu(x) ((u16)(x))
#define le32_to_cpu(x) ((u32)(x))
#define le64_to_cpu(x) ((u64)(x))
#define cpu_to_be16(x) ((__be16)swab16(x))
#define cpu_to_be32(x) ((__be32)swab32(x))
#define cpu_to_be64(x) ((__be64)swab64(x))
#define be16_to_cpu(x) swab16(x)
#define be32_to_cpu(x) swab32(x)
#define be64_to_cpu(x) swab64(x)
#define le16_to_cpup(p) le16_to_cpu(*(p))
#define le32_to_cpup(p) le32_to_cpu(*(p))
#define le64_to_cpup(p) le64_to_cpu(*(p))
#define be16_to_cpup(p) be16_to_cpu(*(p))
#define be32_to_cpup(p) be32_to_cpu(*(p))
#define be64_to_cpup(p) be64_to_cpu(*(p))
#define __cpu_to_le32(x) cpu_to_le32(x)
#define __le32_to_cpu(x) le32_to_cpu(x)
#define __cpu_to_be32(x) cpu_to_be32(x)
#define __be32_to_cpu(x) be32_to_cpu(x)

/* Adds to a number in that byte order. */
#define __KT_ADD_CPU(order, bits) \
	static inline void order##bits##_add_cpu(__##order##bits *to, u##bits number) \
	{ \
		*to = cpu_to_##order##bits((u##bits)(order##bits##_to_cpu(*to) + number)); \
	}
__KT_ADD_CPU(le, 16)
__KT_ADD_CPU(le, 32)
__KT_ADD_CPU(le, 64)
__KT_ADD_CPU(be, 16)
__KT_ADD_CPU(be, 32)
__KT_ADD_CPU(be, 64)

/* Converts words to the other byte order, in place. */
#define __KT_TURN_WORDS(name) \
	static inline void name(u32 *words, unsigned int count) \
	{ \
		while (count--) \
			words[count] = (__force u32)cpu_to_le32((__force u32)words[count]); \
	}
__KT_TURN_WORDS(cpu_to_le32_array)
__KT_TURN_WORDS(le32_to_cpu_array)

static inline void cpu_to_be32_array(__be32 *to, const u32 *from, size_t count)
{
	for (size_t i = 0; i < count; i++)
		to[i] = cpu_to_be32(from[i]);
}

static inline void be32_to_cpu_array(u32 *to, const __be32 *from, size_t count)
{
	for (size_t i = 0; i < count; i++)
		to[i] = be32_to_cpu(from[i]);
}

/* The C library has these. */
#if !__STDC_HOSTED__
#define htons(x) cpu_to_be16(x)
#define htonl(x) cpu_to_be32(x)
#define ntohs(x) be16_to_cpu(x)
#define ntohl(x) be32_to_cpu(x)
#endif

#endif
