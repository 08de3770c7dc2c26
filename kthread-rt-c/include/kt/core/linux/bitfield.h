/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Fields of registers, by their masks, which are constants: FIELD_GET(GENMASK(7, 4), word). */
#ifndef KT_CORE_LINUX_BITFIELD_H
#define KT_CORE_LINUX_BITFIELD_H

#include <kt/core/asm/byteorder.h>
#include <kt/core/linux/build_bug.h>
#include <kt/core/linux/types.h>

/* The lowest bit of the mask, and its position. */
#define __KT_FIELD_ONE(mask) ((mask) & -(__typeof__(mask))(mask))
#define __bf_shf(mask) (__builtin_ffsll((long long)(mask)) - 1)

/* True for one contiguous range of ones. */
#define __KT_FIELD_CHECK(mask) BUILD_BUG_ON((mask) == 0 || (((mask) + __KT_FIELD_ONE(mask)) & (mask)) != 0)

#define FIELD_MAX(mask) \
	({ \
		__KT_FIELD_CHECK(mask); \
		(__typeof__(mask))((mask) >> __bf_shf(mask)); \
	})
#define FIELD_FIT(mask, value) \
	({ \
		__KT_FIELD_CHECK(mask); \
		!((((__typeof__(mask))(value)) << __bf_shf(mask)) & ~(mask)); \
	})
/* A constant value has to fit. */
#define FIELD_PREP(mask, value) \
	({ \
		__KT_FIELD_CHECK(mask); \
		BUILD_BUG_ON(__builtin_constant_p(value) ? (((unsigned long long)(value)) & ~((mask) >> __bf_shf(mask))) != 0 : 0); \
		(__typeof__(mask))(((__typeof__(mask))(value) << __bf_shf(mask)) & (mask)); \
	})
#define FIELD_PREP_CONST(mask, value) ((__typeof__(mask))(((__typeof__(mask))(value) << __bf_shf(mask)) & (mask)))
#define FIELD_GET(mask, word) \
	({ \
		__KT_FIELD_CHECK(mask); \
		(__typeof__(mask))(((word) & (mask)) >> __bf_shf(mask)); \
	})
#define FIELD_MODIFY(mask, word, value) \
	({ \
		__KT_FIELD_CHECK(mask); \
		*(word) = (__typeof__(*(word)))((*(word) & ~(mask)) | (((__typeof__(mask))(value) << __bf_shf(mask)) & (mask))); \
	})

/*
 * Masks that need not be constants, also for numbers in a byte order: u32_get_bits(),
 * le16_encode_bits() and so on.
 */
static __always_inline u64 field_multiplier(u64 field)
{
	return field & -field;
}

static __always_inline u64 field_mask(u64 field)
{
	return field / field_multiplier(field);
}
#define field_max(field) ((__typeof__(field))field_mask(field))
#define field_get(mask, word) ((__typeof__(mask))(((word) & (mask)) >> __bf_shf(mask)))
#define field_prep(mask, value) ((__typeof__(mask))(((__typeof__(mask))(value) << __bf_shf(mask)) & (mask)))

#define __KT_FIELDS_OF(type, base, to, from) \
	static __always_inline __##type type##_encode_bits(base value, base field) \
	{ \
		return to((base)((value & field_mask(field)) * field_multiplier(field))); \
	} \
	static __always_inline __##type type##_replace_bits(__##type old, base value, base field) \
	{ \
		return (__##type)((old & ~to(field)) | type##_encode_bits(value, field)); \
	} \
	static __always_inline void type##p_replace_bits(__##type *word, base value, base field) \
	{ \
		*word = type##_replace_bits(*word, value, field); \
	} \
	static __always_inline base type##_get_bits(__##type word, base field) \
	{ \
		return (base)((from(word) & field) / field_multiplier(field)); \
	}
#define __KT_FIELDS(bits) \
	__KT_FIELDS_OF(le##bits, u##bits, cpu_to_le##bits, le##bits##_to_cpu) \
	__KT_FIELDS_OF(be##bits, u##bits, cpu_to_be##bits, be##bits##_to_cpu) \
	__KT_FIELDS_OF(u##bits, u##bits, , )
__KT_FIELDS_OF(u8, u8, , )
__KT_FIELDS(16)
__KT_FIELDS(32)
__KT_FIELDS(64)

#endif
