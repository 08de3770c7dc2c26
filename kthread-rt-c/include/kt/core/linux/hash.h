/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Multiplicative hashes of numbers. */
#ifndef KT_CORE_LINUX_HASH_H
#define KT_CORE_LINUX_HASH_H

#include <kt/core/linux/types.h>

#define GOLDEN_RATIO_32 0x61C88647
#define GOLDEN_RATIO_64 0x61C8864680B583EBull
#define GOLDEN_RATIO_PRIME GOLDEN_RATIO_64

static inline u32 __hash_32_generic(u32 value)
{
	return value * GOLDEN_RATIO_32;
}
#define __hash_32 __hash_32_generic

static inline u32 hash_32(u32 value, unsigned int bits)
{
	return __hash_32(value) >> (32 - bits);
}

static inline u32 hash_64_generic(u64 value, unsigned int bits)
{
	return (u32)(value * GOLDEN_RATIO_64 >> (64 - bits));
}
#define hash_64 hash_64_generic
#define hash_long(value, bits) hash_64(value, bits)
static inline u32 hash_ptr(const void *pointer, unsigned int bits)
{
	return hash_64((unsigned long)pointer, bits);
}

/* A pointer folded to 32 bits. */
static inline u32 hash32_ptr(const void *pointer)
{
	unsigned long value = (unsigned long)pointer;

	return (u32)(value ^ value >> 32);
}

#endif
