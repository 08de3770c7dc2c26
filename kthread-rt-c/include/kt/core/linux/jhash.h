/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Bob Jenkins' hash of 2006, lookup3, which is in the public domain. */
#ifndef KT_CORE_LINUX_JHASH_H
#define KT_CORE_LINUX_JHASH_H

#include <kt/core/asm/unaligned.h>
#include <kt/core/linux/bitops.h>
#include <kt/core/linux/types.h>

#define JHASH_INITVAL 0xdeadbeef
#define jhash_size(n) ((u32)1 << (n))
#define jhash_mask(n) (jhash_size(n) - 1)

#define __jhash_mix(a, b, c) \
	do { \
		a -= c, a ^= rol32(c, 4), c += b; \
		b -= a, b ^= rol32(a, 6), a += c; \
		c -= b, c ^= rol32(b, 8), b += a; \
		a -= c, a ^= rol32(c, 16), c += b; \
		b -= a, b ^= rol32(a, 19), a += c; \
		c -= b, c ^= rol32(b, 4), b += a; \
	} while (0)
#define __jhash_final(a, b, c) \
	do { \
		c ^= b, c -= rol32(b, 14); \
		a ^= c, a -= rol32(c, 11); \
		b ^= a, b -= rol32(a, 25); \
		c ^= b, c -= rol32(b, 16); \
		a ^= c, a -= rol32(c, 4); \
		b ^= a, b -= rol32(a, 14); \
		c ^= b, c -= rol32(b, 24); \
	} while (0)

/* The last 12 bytes or fewer as three numbers, padded with 0. */
static inline u32 jhash(const void *key, u32 length, u32 initval)
{
	const u8 *byte = (const u8 *)key;
	u32 a, b, c, n[3] = { 0, 0, 0 };

	a = b = c = JHASH_INITVAL + length + initval;
	for (; length > 12; length -= 12, byte += 12) {
		a += get_unaligned((const u32 *)byte);
		b += get_unaligned((const u32 *)(byte + 4));
		c += get_unaligned((const u32 *)(byte + 8));
		__jhash_mix(a, b, c);
	}
	if (!length)
		return c;
	for (u32 i = 0; i < length; i++)
		n[i / 4] |= (u32)byte[i] << i % 4 * 8;
	a += n[0];
	b += n[1];
	c += n[2];
	__jhash_final(a, b, c);
	return c;
}

/* Hashes of 32-bit numbers. */
static inline u32 jhash2(const u32 *key, u32 length, u32 initval)
{
	u32 a, b, c;

	a = b = c = JHASH_INITVAL + (length << 2) + initval;
	for (; length > 3; length -= 3, key += 3) {
		a += key[0];
		b += key[1];
		c += key[2];
		__jhash_mix(a, b, c);
	}
	if (!length)
		return c;
	a += key[0];
	b += length > 1 ? key[1] : 0;
	c += length > 2 ? key[2] : 0;
	__jhash_final(a, b, c);
	return c;
}

static inline u32 __jhash_nwords(u32 a, u32 b, u32 c, u32 initval)
{
	a += initval;
	b += initval;
	c += initval;
	__jhash_final(a, b, c);
	return c;
}

static inline u32 jhash_3words(u32 a, u32 b, u32 c, u32 initval)
{
	return __jhash_nwords(a, b, c, initval + JHASH_INITVAL + (3 << 2));
}

static inline u32 jhash_2words(u32 a, u32 b, u32 initval)
{
	return __jhash_nwords(a, b, 0, initval + JHASH_INITVAL + (2 << 2));
}

static inline u32 jhash_1word(u32 a, u32 initval)
{
	return __jhash_nwords(a, 0, 0, initval + JHASH_INITVAL + (1 << 2));
}

#endif
