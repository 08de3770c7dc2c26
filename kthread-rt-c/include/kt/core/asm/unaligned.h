/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Numbers at any address. */
#ifndef KT_CORE_ASM_UNALIGNED_H
#define KT_CORE_ASM_UNALIGNED_H

#include <kt/core/asm/byteorder.h>
#include <kt/core/linux/types.h>

#define get_unaligned(p) \
	({ \
		const struct { \
			__typeof__(*(p)) value; \
		} __attribute__((__packed__)) *__kt_p = (__typeof__(__kt_p))(const void *)(p); \
		__kt_p->value; \
	})
#define put_unaligned(number, p) \
	do { \
		struct { \
			__typeof__(*(p)) value; \
		} __attribute__((__packed__)) *__kt_p = (__typeof__(__kt_p))(void *)(p); \
		__kt_p->value = (number); \
	} while (0)

#define __kt_unaligned(order, bits) \
	static inline u##bits get_unaligned_##order##bits(const void *p) \
	{ \
		u##bits kt_value; \
		__builtin_memcpy(&kt_value, p, sizeof(kt_value)); \
		return order##bits##_to_cpu(kt_value); \
	} \
	static inline void put_unaligned_##order##bits(u##bits value, void *p) \
	{ \
		u##bits kt_value = cpu_to_##order##bits(value); \
		__builtin_memcpy(p, &kt_value, sizeof(kt_value)); \
	}
__kt_unaligned(le, 16)
__kt_unaligned(le, 32)
__kt_unaligned(le, 64)
__kt_unaligned(be, 16)
__kt_unaligned(be, 32)
__kt_unaligned(be, 64)
#undef __kt_unaligned

#endif
