/* SPDX-License-Identifier: MIT OR Apache-2.0 */
<<<<<<< HEAD
/* Fields of registers, by their masks, which are constants: FIELD_GET(GENMASK(7, 4), word). */
=======
/* Parts of a word, by a mask that is a constant. */
>>>>>>> s3
#ifndef KT_CORE_LINUX_BITFIELD_H
#define KT_CORE_LINUX_BITFIELD_H

#include <kt/core/asm/byteorder.h>
<<<<<<< HEAD
#include <kt/core/linux/build_bug.h>
#include <kt/core/linux/types.h>

/* The lowest bit of the mask, and its place. */
#define __KT_FIELD_ONE(mask) ((mask) & -(__typeof__(mask))(mask))
#define __bf_shf(mask) (__builtin_ffsll((long long)(mask)) - 1)

/* One row of ones. */
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
/* A value that is a constant has to fit. */
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

/* Masks that need not be known at compile time; of numbers of a byte order: u32_get_bits(), le16_encode_bits() and so on. */
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
=======
#include <kt/core/linux/types.h>

#define __kt_field_shift(mask) ((unsigned int)__builtin_ctzll(mask))

#define FIELD_MAX(mask) ((__typeof__(mask))((mask) >> __kt_field_shift(mask)))
#define FIELD_FIT(mask, value) (!((((__typeof__(mask))(value)) << __kt_field_shift(mask)) & ~(mask)))
#define FIELD_PREP(mask, value) ((__typeof__(mask))(((__typeof__(mask))(value) << __kt_field_shift(mask)) & (mask)))
#define FIELD_PREP_CONST(mask, value) FIELD_PREP(mask, value)
#define FIELD_GET(mask, word) ((__typeof__(mask))(((word) & (mask)) >> __kt_field_shift(mask)))
#define FIELD_MODIFY(mask, place, value) (*(place) = (*(place) & ~(mask)) | FIELD_PREP(mask, value))

#define kt_field__(type, base, to, from) \
	static inline kt_field_##type type##_encode_bits(base value, base field) \
	{ \
		return to((base)((base)(value << __kt_field_shift(field)) & field)); \
	} \
	static inline kt_field_##type type##_replace_bits(kt_field_##type old, base value, base field) \
	{ \
		return (kt_field_##type)((old & ~to(field)) | type##_encode_bits(value, field)); \
	} \
	static inline void type##p_replace_bits(kt_field_##type *place, base value, base field) \
	{ \
		*place = type##_replace_bits(*place, value, field); \
	} \
	static inline base type##_get_bits(kt_field_##type word, base field) \
	{ \
		return (base)((from(word) & field) >> __kt_field_shift(field)); \
	}
#define __kt_same(value) (value)
typedef u8 kt_field_u8;
typedef u16 kt_field_u16;
typedef u32 kt_field_u32;
typedef u64 kt_field_u64;
typedef __le16 kt_field_le16;
typedef __le32 kt_field_le32;
typedef __le64 kt_field_le64;
typedef __be16 kt_field_be16;
typedef __be32 kt_field_be32;
typedef __be64 kt_field_be64;
kt_field__(u8, u8, __kt_same, __kt_same)
kt_field__(u16, u16, __kt_same, __kt_same)
kt_field__(u32, u32, __kt_same, __kt_same)
kt_field__(u64, u64, __kt_same, __kt_same)
kt_field__(le16, u16, cpu_to_le16, le16_to_cpu)
kt_field__(le32, u32, cpu_to_le32, le32_to_cpu)
kt_field__(le64, u64, cpu_to_le64, le64_to_cpu)
kt_field__(be16, u16, cpu_to_be16, be16_to_cpu)
kt_field__(be32, u32, cpu_to_be32, be32_to_cpu)
kt_field__(be64, u64, cpu_to_be64, be64_to_cpu)
#undef kt_field__
#undef __kt_same
>>>>>>> s3

#endif
