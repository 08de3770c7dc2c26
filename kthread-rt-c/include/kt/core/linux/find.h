/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Searches for bits in arrays of words. If there is none, the result is the number of bits. */
#ifndef KT_CORE_LINUX_FIND_H
#define KT_CORE_LINUX_FIND_H

#include <kt/core/linux/bits.h>
#include <kt/core/linux/compiler.h>
#include <kt/core/linux/types.h>

/*
 * The first bit from `from` on that is 1 in `a & b`, each xored with its mask; a null `b` counts as
 * all ones.
 */
static inline unsigned long kt_find_next(const unsigned long *a, unsigned long turn_a, const unsigned long *b,
					 unsigned long turn_b, unsigned long size, unsigned long from)
{
	unsigned long at, word;

	if (from >= size)
		return size;
	at = BIT_WORD(from);
	word = ~0UL << (from % BITS_PER_LONG);
	for (;; word = ~0UL) {
		word &= (a[at] ^ turn_a) & (b ? b[at] ^ turn_b : ~0UL);
		if (word) {
			unsigned long found = at * BITS_PER_LONG + (unsigned long)__builtin_ctzl(word);

			return found < size ? found : size;
		}
		if (++at * BITS_PER_LONG >= size)
			return size;
	}
}

static inline unsigned long find_next_bit(const unsigned long *addr, unsigned long size, unsigned long offset)
{
	return kt_find_next(addr, 0, (const unsigned long *)0, 0, size, offset);
}

static inline unsigned long find_next_zero_bit(const unsigned long *addr, unsigned long size, unsigned long offset)
{
	return kt_find_next(addr, ~0UL, (const unsigned long *)0, 0, size, offset);
}

static inline unsigned long find_next_and_bit(const unsigned long *a, const unsigned long *b, unsigned long size, unsigned long offset)
{
	return kt_find_next(a, 0, b, 0, size, offset);
}

static inline unsigned long find_next_andnot_bit(const unsigned long *a, const unsigned long *b, unsigned long size, unsigned long offset)
{
	return kt_find_next(a, 0, b, ~0UL, size, offset);
}

static inline unsigned long find_first_bit(const unsigned long *addr, unsigned long size)
{
	return find_next_bit(addr, size, 0);
}

static inline unsigned long find_first_zero_bit(const unsigned long *addr, unsigned long size)
{
	return find_next_zero_bit(addr, size, 0);
}

static inline unsigned long find_first_and_bit(const unsigned long *a, const unsigned long *b, unsigned long size)
{
	return find_next_and_bit(a, b, size, 0);
}

static inline unsigned long find_last_bit(const unsigned long *addr, unsigned long size)
{
	unsigned long bit;

	for (bit = size; bit > 0; bit--)
		if (addr[BIT_WORD(bit - 1)] & BIT_MASK(bit - 1))
			return bit - 1;
	return size;
}

/* The n-th, from 0. */
static inline unsigned long find_nth_bit(const unsigned long *addr, unsigned long size, unsigned long n)
{
	unsigned long bit = find_first_bit(addr, size);

	while (n-- && bit < size)
		bit = find_next_bit(addr, size, bit + 1);
	return bit;
}

/* The n-th bit that is in `a` and in `b`, or in `a` only. */
static inline unsigned long kt_find_nth(const unsigned long *a, const unsigned long *b, unsigned long turn_b,
					unsigned long size, unsigned long n)
{
	unsigned long bit = kt_find_next(a, 0, b, turn_b, size, 0);

	while (n-- && bit < size)
		bit = kt_find_next(a, 0, b, turn_b, size, bit + 1);
	return bit;
}

static inline unsigned long find_nth_and_bit(const unsigned long *a, const unsigned long *b, unsigned long size, unsigned long n)
{
	return kt_find_nth(a, b, 0, size, n);
}

static inline unsigned long find_nth_andnot_bit(const unsigned long *a, const unsigned long *b, unsigned long size,
						unsigned long n)
{
	return kt_find_nth(a, b, ~0UL, size, n);
}

/* Bits that are in at least one of two: the nearer of both. */
static inline unsigned long find_next_or_bit(const unsigned long *a, const unsigned long *b, unsigned long size,
					     unsigned long offset)
{
	unsigned long in_a = find_next_bit(a, size, offset), in_b = find_next_bit(b, size, offset);

	return in_a < in_b ? in_a : in_b;
}

static inline unsigned long find_next_and_bit_wrap(const unsigned long *a, const unsigned long *b, unsigned long size,
						   unsigned long offset)
{
	unsigned long bit = find_next_and_bit(a, b, size, offset);

	if (bit < size || !offset)
		return bit;
	bit = find_first_and_bit(a, b, offset);
	return bit < offset ? bit : size;
}

static inline unsigned long find_next_bit_wrap(const unsigned long *addr, unsigned long size, unsigned long offset)
{
	unsigned long bit = find_next_bit(addr, size, offset);

	if (bit < size || !offset)
		return bit;
	bit = find_first_bit(addr, offset);
	return bit < offset ? bit : size;
}

#define for_each_set_bit(bit, addr, size) \
	for ((bit) = find_first_bit((addr), (size)); (bit) < (size); (bit) = find_next_bit((addr), (size), (bit) + 1))
#define for_each_set_bit_from(bit, addr, size) \
	for ((bit) = find_next_bit((addr), (size), (bit)); (bit) < (size); (bit) = find_next_bit((addr), (size), (bit) + 1))
#define for_each_clear_bit(bit, addr, size) \
	for ((bit) = find_first_zero_bit((addr), (size)); (bit) < (size); \
	     (bit) = find_next_zero_bit((addr), (size), (bit) + 1))
#define for_each_clear_bit_from(bit, addr, size) \
	for ((bit) = find_next_zero_bit((addr), (size), (bit)); (bit) < (size); \
	     (bit) = find_next_zero_bit((addr), (size), (bit) + 1))
#define for_each_and_bit(bit, a, b, size) \
	for ((bit) = find_first_and_bit((a), (b), (size)); (bit) < (size); \
	     (bit) = find_next_and_bit((a), (b), (size), (bit) + 1))

#define for_each_andnot_bit(bit, a, b, size) \
	for ((bit) = find_next_andnot_bit((a), (b), (size), 0); (bit) < (size); \
	     (bit) = find_next_andnot_bit((a), (b), (size), (bit) + 1))
#define for_each_or_bit(bit, a, b, size) \
	for ((bit) = find_next_or_bit((a), (b), (size), 0); (bit) < (size); \
	     (bit) = find_next_or_bit((a), (b), (size), (bit) + 1))

/* Runs of set, or clear, bits: from `begin` to before `end`. */
#define for_each_set_bitrange_from(begin, end, addr, size) \
	for (; (begin) = find_next_bit((addr), (size), (begin)), \
	       (end) = find_next_zero_bit((addr), (size), (begin) + 1), (begin) < (size); \
	     (begin) = (end) + 1)
#define for_each_set_bitrange(begin, end, addr, size) \
	for ((begin) = 0; (begin) = find_next_bit((addr), (size), (begin)), \
	     (end) = find_next_zero_bit((addr), (size), (begin) + 1), (begin) < (size); \
	     (begin) = (end) + 1)
#define for_each_clear_bitrange_from(begin, end, addr, size) \
	for (; (begin) = find_next_zero_bit((addr), (size), (begin)), \
	       (end) = find_next_bit((addr), (size), (begin) + 1), (begin) < (size); \
	     (begin) = (end) + 1)
#define for_each_clear_bitrange(begin, end, addr, size) \
	for ((begin) = 0; (begin) = find_next_zero_bit((addr), (size), (begin)), \
	     (end) = find_next_bit((addr), (size), (begin) + 1), (begin) < (size); \
	     (begin) = (end) + 1)

/* Each bit once, cyclically from `start` on. */
static inline unsigned long kt_next_wrap(const unsigned long *addr, unsigned long size, unsigned long start, unsigned long at,
					 bool round)
{
	unsigned long bit;

	if (!round) {
		bit = find_next_bit(addr, size, at);
		if (bit < size)
			return bit;
		at = 0;
	}
	bit = find_next_bit(addr, start, at);
	return bit < start ? bit : size;
}
#define for_each_set_bit_wrap(bit, addr, size, start) \
	for ((bit) = kt_next_wrap((addr), (size), (start), (start), false); (bit) < (size); \
	     (bit) = kt_next_wrap((addr), (size), (start), (bit) + 1, (bit) < (start)))

/* Groups of eight bits, at multiples of eight, that are not all 0. */
static inline unsigned long find_next_clump8(unsigned long *clump, const unsigned long *addr, unsigned long size,
					     unsigned long offset)
{
	offset = find_next_bit(addr, size, offset);
	if (offset >= size)
		return size;
	offset &= ~7UL;
	*clump = addr[BIT_WORD(offset)] >> offset % BITS_PER_LONG & 0xff;
	return offset;
}
#define find_first_clump8(clump, bits, size) find_next_clump8((clump), (bits), (size), 0)
#define for_each_set_clump8(start, clump, bits, size) \
	for ((start) = find_first_clump8(&(clump), (bits), (size)); (start) < (size); \
	     (start) = find_next_clump8(&(clump), (bits), (size), (start) + 8))

/* Bytes from the lowest address on, as this machine has them. */
static inline unsigned long find_next_bit_le(const void *addr, unsigned long size, unsigned long offset)
{
	return find_next_bit((const unsigned long *)addr, size, offset);
}

static inline unsigned long find_next_zero_bit_le(const void *addr, unsigned long size, unsigned long offset)
{
	return find_next_zero_bit((const unsigned long *)addr, size, offset);
}

static inline unsigned long find_first_zero_bit_le(const void *addr, unsigned long size)
{
	return find_next_zero_bit_le(addr, size, 0);
}

#endif
