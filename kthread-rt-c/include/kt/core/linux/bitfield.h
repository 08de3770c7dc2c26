/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Parts of a word, by a mask that is a constant. */
#ifndef KT_CORE_LINUX_BITFIELD_H
#define KT_CORE_LINUX_BITFIELD_H

#include <kt/core/asm/byteorder.h>
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

#endif
