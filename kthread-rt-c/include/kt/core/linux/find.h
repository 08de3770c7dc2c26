/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Looking for bits in arrays of words. What is not found is the number of bits. */
#ifndef KT_CORE_LINUX_FIND_H
#define KT_CORE_LINUX_FIND_H

#include <kt/core/linux/bits.h>
#include <kt/core/linux/compiler.h>
#include <kt/core/linux/types.h>

/* The first bit from `from` on that is 1 in `a & b`, each turned over by its mask; a null `b` is all ones. */
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

#endif
