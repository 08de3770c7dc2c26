/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The smaller and the greater. */
#ifndef KT_CORE_LINUX_MINMAX_H
#define KT_CORE_LINUX_MINMAX_H

#define __kt_pick(op, a, b) \
	({ \
		__typeof__(a) __kt_a = (a); \
		__typeof__(b) __kt_b = (b); \
		__kt_a op __kt_b ? __kt_a : __kt_b; \
	})
/* C++ has functions of these names, and headers that macros would break. */
#ifndef __cplusplus
#define min(a, b) __kt_pick(<, a, b)
#define max(a, b) __kt_pick(>, a, b)
#define swap(a, b) \
	do { \
		__typeof__(a) __kt_t = (a); \
		(a) = (b); \
		(b) = __kt_t; \
	} while (0)
#endif
#define min_t(type, a, b) __kt_pick(<, (type)(a), (type)(b))
#define max_t(type, a, b) __kt_pick(>, (type)(a), (type)(b))
#define min3(a, b, c) min(min(a, b), c)
#define max3(a, b, c) max(max(a, b), c)
#define min_not_zero(a, b) \
	({ \
		__typeof__(a) __kt_x = (a); \
		__typeof__(b) __kt_y = (b); \
		__kt_x == 0 ? __kt_y : __kt_y == 0 ? __kt_x : __kt_pick(<, __kt_x, __kt_y); \
	})
#define clamp(value, low, high) min(max(value, low), high)
#define clamp_t(type, value, low, high) min_t(type, max_t(type, value, low), high)
#define clamp_val(value, low, high) clamp_t(__typeof__(value), value, low, high)

/* For constants, and where min() can't be used. */
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define MIN_T(type, a, b) MIN((type)(a), (type)(b))
#define MAX_T(type, a, b) MAX((type)(a), (type)(b))

#endif
