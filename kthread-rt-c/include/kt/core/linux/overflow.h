/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Sums and products that do not fit. */
#ifndef KT_CORE_LINUX_OVERFLOW_H
#define KT_CORE_LINUX_OVERFLOW_H

#include <kt/core/linux/compiler.h>
#include <kt/core/linux/limits.h>
#include <kt/core/linux/stddef.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

/* True if the result did not fit; it is stored all the same, wrapped. */
#define check_add_overflow(a, b, result) __builtin_add_overflow(a, b, result)
#define check_sub_overflow(a, b, result) __builtin_sub_overflow(a, b, result)
#define check_mul_overflow(a, b, result) __builtin_mul_overflow(a, b, result)

/* SIZE_MAX instead of what does not fit. */
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

#endif
