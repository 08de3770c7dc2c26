/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Random numbers: the system's. */
#ifndef KT_CORE_LINUX_RANDOM_H
#define KT_CORE_LINUX_RANDOM_H

#include <kt/core/linux/compiler.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

KT_BEGIN
void get_random_bytes(void *to, size_t n);
KT_END

#define __kt_random(type, name) \
	static inline type name(void) \
	{ \
		type kt_value; \
		get_random_bytes(&kt_value, sizeof(kt_value)); \
		return kt_value; \
	}
__kt_random(u32, kt_random_u32)
#if KT_SINCE(4, 11)
__kt_random(u32, get_random_u32)
__kt_random(u64, get_random_u64)
#endif
#if KT_SINCE(6, 1)
__kt_random(u8, get_random_u8)
__kt_random(u16, get_random_u16)
#else
__kt_random(unsigned int, get_random_int)
#endif
__kt_random(unsigned long, get_random_long)
#undef __kt_random

/* Uniform below `ceiling`; 0 for a ceiling of 0. */
static inline u32 kt_random_below(u32 ceiling)
{
	u64 product;

	do
		product = (u64)kt_random_u32() * ceiling;
	while ((u32)product < (ceiling ? -ceiling % ceiling : 0));
	return (u32)(product >> 32);
}

#if KT_SINCE(6, 1)
#define get_random_u32_below kt_random_below

static inline u32 get_random_u32_inclusive(u32 floor, u32 ceiling)
{
	return ceiling - floor == ~0u ? kt_random_u32() : floor + kt_random_below(ceiling - floor + 1);
}

static inline u32 get_random_u32_above(u32 floor)
{
	return get_random_u32_inclusive(floor + 1, ~0u);
}
#endif

static inline int get_random_bytes_wait(void *to, size_t n)
{
	return get_random_bytes(to, n), 0;
}

static inline int wait_for_random_bytes(void)
{
	return 0;
}

static inline bool rng_is_initialized(void)
{
	return true;
}

static inline void add_device_randomness(const void *from, size_t n)
{
	(void)n, (void)from;
}

#if !KT_SINCE(6, 1)
#define prandom_u32 kt_random_u32
#endif
#if KT_SINCE(3, 14) && !KT_SINCE(6, 2)
#define prandom_u32_max kt_random_below
#endif
#define prandom_bytes get_random_bytes

#endif
