/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * SipHash-2-4 (Aumasson and Bernstein, 2012), and, for hash tables, SipHash-1-3 truncated to 32
 * bits, as where a long has 64 bits. The functions of numbers hash the numbers' bytes, the lowest
 * first.
 */
#ifndef KT_CORE_LINUX_SIPHASH_H
#define KT_CORE_LINUX_SIPHASH_H

#include <kt/core/asm/unaligned.h>
#include <kt/core/linux/bitops.h>
#include <kt/core/linux/types.h>

#define SIPHASH_ALIGNMENT __alignof__(u64)
#define HSIPHASH_ALIGNMENT __alignof__(unsigned long)

typedef struct {
	u64 key[2];
} siphash_key_t;
typedef siphash_key_t siphash_aligned_key_t __attribute__((aligned(16)));
typedef struct {
	unsigned long key[2];
} hsiphash_key_t;

static inline bool siphash_key_is_zero(const siphash_key_t *key)
{
	return !(key->key[0] | key->key[1]);
}

#define SIPHASH_CONST_0 0x736f6d6570736575ULL
#define SIPHASH_CONST_1 0x646f72616e646f6dULL
#define SIPHASH_CONST_2 0x6c7967656e657261ULL
#define SIPHASH_CONST_3 0x7465646279746573ULL
#define SIPHASH_PERMUTATION(a, b, c, d) \
	( \
		(a) += (b), (b) = rol64((b), 13), (b) ^= (a), (a) = rol64((a), 32), \
		(c) += (d), (d) = rol64((d), 16), (d) ^= (c), \
		(a) += (d), (d) = rol64((d), 21), (d) ^= (a), \
		(c) += (b), (b) = rol64((b), 17), (b) ^= (c), (c) = rol64((c), 32))

/* `rounds` for each eight bytes, and `last` rounds at the end. */
static inline u64 kt_siphash(const void *data, size_t length, u64 key0, u64 key1, int rounds, int last)
{
	const u8 *byte = (const u8 *)data;
	u64 a = SIPHASH_CONST_0 ^ key0, b = SIPHASH_CONST_1 ^ key1, c = SIPHASH_CONST_2 ^ key0, d = SIPHASH_CONST_3 ^ key1;
	u64 word = (u64)length << 56;

	for (; length >= 8; length -= 8, byte += 8) {
		u64 eight = get_unaligned_le64(byte);

		d ^= eight;
		for (int i = 0; i < rounds; i++)
			SIPHASH_PERMUTATION(a, b, c, d);
		a ^= eight;
	}
	for (size_t i = 0; i < length; i++)
		word |= (u64)byte[i] << 8 * i;
	d ^= word;
	for (int i = 0; i < rounds; i++)
		SIPHASH_PERMUTATION(a, b, c, d);
	a ^= word;
	c ^= 0xff;
	for (int i = 0; i < last; i++)
		SIPHASH_PERMUTATION(a, b, c, d);
	return a ^ b ^ c ^ d;
}

static inline u64 siphash(const void *data, size_t length, const siphash_key_t *key)
{
	return kt_siphash(data, length, key->key[0], key->key[1], 2, 4);
}

static inline u32 hsiphash(const void *data, size_t length, const hsiphash_key_t *key)
{
	return (u32)kt_siphash(data, length, key->key[0], key->key[1], 1, 3);
}

#define __KT_SIPHASH_OF(name, hash, result, key_t, type, parameters, ...) \
	static inline result name parameters \
	{ \
		type __kt_numbers[] = { __VA_ARGS__ }; \
		return hash(__kt_numbers, sizeof(__kt_numbers), key); \
	}
#define __KT_SIPHASHES(hash, result, key_t, type, bits) \
	__KT_SIPHASH_OF(hash##_1u##bits, hash, result, key_t, type, (type a, const key_t *key), a) \
	__KT_SIPHASH_OF(hash##_2u##bits, hash, result, key_t, type, (type a, type b, const key_t *key), a, b) \
	__KT_SIPHASH_OF(hash##_3u##bits, hash, result, key_t, type, (type a, type b, type c, const key_t *key), a, b, c) \
	__KT_SIPHASH_OF(hash##_4u##bits, hash, result, key_t, type, (type a, type b, type c, type d, const key_t *key), a, b, c, d)
__KT_SIPHASHES(siphash, u64, siphash_key_t, u32, 32)
__KT_SIPHASHES(siphash, u64, siphash_key_t, u64, 64)
__KT_SIPHASHES(hsiphash, u32, hsiphash_key_t, u32, 32)

#endif
