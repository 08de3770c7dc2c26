/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Arithmetic with overflow checks. */
#ifndef KT_CORE_LINUX_OVERFLOW_H
#define KT_CORE_LINUX_OVERFLOW_H

#include <kt/core/linux/compiler.h>
#include <kt/core/linux/limits.h>
#include <kt/core/linux/stddef.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

/* The limits of an integer type. */
#define __kt_half_of(type) ((type)1 << (8 * sizeof(type) - 1 - is_signed_type(type)))
#define type_max(type) ((type)((__kt_half_of(type) - 1) + __kt_half_of(type)))
#define type_min(type) ((type)(is_signed_type(type) ? -1 - (long long)type_max(type) : 0))

/* True on overflow; the wrapped result is stored even so. */
#define check_add_overflow(a, b, result) __builtin_add_overflow(a, b, result)
#define check_sub_overflow(a, b, result) __builtin_sub_overflow(a, b, result)
#define check_mul_overflow(a, b, result) __builtin_mul_overflow(a, b, result)

/*
 * The same for a left shift. Lost bits, negative values and shifts beyond the type count as
 * overflow; the result has the remaining bits.
 */
#define check_shl_overflow(a, shift, result) \
	({ \
		__typeof__(a) __kt_a = (a); \
		__typeof__(shift) __kt_shift = (shift); \
		__typeof__(result) __kt_result = (result); \
		bool __kt_far = __kt_shift < 0 || (unsigned long long)__kt_shift >= 8 * sizeof(*__kt_result); \
		unsigned int __kt_by = __kt_far ? 0 : (unsigned int)__kt_shift; \
		*__kt_result = (__typeof__(*__kt_result))((unsigned long long)__kt_a << __kt_by); \
		__kt_far || __kt_a < 0 || *__kt_result < 0 || *__kt_result >> __kt_by != __kt_a; \
	})

/* Returns SIZE_MAX on overflow. */
static inline size_t size_mul(size_t a, size_t b)
{
	size_t bytes;

	return __builtin_mul_overflow(a, b, &bytes) ? SIZE_MAX : bytes;
}

static inline size_t size_add(size_t a, size_t b)
{
	size_t bytes;

	return __builtin_add_overflow(a, b, &bytes) ? SIZE_MAX : bytes;
}

#if KT_SINCE(5, 18)
/* Overflow is sticky: SIZE_MAX minus anything is SIZE_MAX. */
static inline size_t size_sub(size_t a, size_t b)
{
	size_t bytes;

	return a == SIZE_MAX || b == SIZE_MAX || __builtin_sub_overflow(a, b, &bytes) ? SIZE_MAX : bytes;
}
#endif

#if KT_SINCE(4, 18)
#define array_size(a, b) size_mul(a, b)
#endif
#define array3_size(a, b, c) size_mul(size_mul(a, b), c)
#define flex_array_size(p, member, count) size_mul(count, sizeof(*(p)->member))
#if KT_SINCE(4, 18)
#define struct_size(p, member, count) size_add(sizeof(*(p)), flex_array_size(p, member, count))
#endif
#if KT_SINCE(6, 5)
#define struct_size_t(type, member, count) struct_size((type *)NULL, member, count)
#endif

#if KT_SINCE(6, 2)
/* True if a number, or a type's range, does not fit another type. */
#define __overflows_type(number, type) \
	({ \
		__typeof__((type)0) __kt_held; \
		__builtin_add_overflow((number), 0, &__kt_held); \
	})
#define overflows_type(number, type) __overflows_type(number, type)
#endif

/*
 * A structure on the stack with `count` elements in its flexible array; members without an
 * initialiser are zero.
 */
#define __KT_DEFINE_FLEX(type, name, member, count, ...) \
	union { \
		u8 bytes[sizeof(type) + sizeof(((type *)0)->member[0]) * (count)]; \
		type obj; \
	} name##_u __VA_ARGS__; \
	type *name = (type *)&name##_u
#if KT_SINCE(6, 10)
#define DEFINE_RAW_FLEX(type, name, member, count) __KT_DEFINE_FLEX(type, name, member, count, = { })
#define _DEFINE_FLEX(type, name, member, count, ...) __KT_DEFINE_FLEX(type, name, member, count, = { .obj __VA_ARGS__ })
#define DEFINE_FLEX(type, name, member, counter, count) _DEFINE_FLEX(type, name, member, count, = { .counter = (count) })
#endif

#endif
