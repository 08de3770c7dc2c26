/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Arrays of bits. */
#ifndef KT_CORE_LINUX_BITMAP_H
#define KT_CORE_LINUX_BITMAP_H

#include <kt/core/linux/bitops.h>
#include <kt/core/linux/slab.h>

#define BITMAP_FIRST_WORD_MASK(start) (~0UL << ((start) & (BITS_PER_LONG - 1)))
#define BITMAP_LAST_WORD_MASK(nbits) (~0UL >> (-(nbits) & (BITS_PER_LONG - 1)))
#define bitmap_size(nbits) (BITS_TO_LONGS(nbits) * sizeof(long))

static inline unsigned long *bitmap_alloc(unsigned int nbits, gfp_t flags)
{
	return (unsigned long *)kmalloc(bitmap_size(nbits), flags);
}

static inline unsigned long *bitmap_zalloc(unsigned int nbits, gfp_t flags)
{
	return (unsigned long *)kzalloc(bitmap_size(nbits), flags);
}

static inline unsigned long *bitmap_alloc_node(unsigned int nbits, gfp_t flags, int node)
{
	(void)node;
	return bitmap_alloc(nbits, flags);
}

static inline unsigned long *bitmap_zalloc_node(unsigned int nbits, gfp_t flags, int node)
{
	(void)node;
	return bitmap_zalloc(nbits, flags);
}

static inline void bitmap_free(const unsigned long *bitmap)
{
	kfree(bitmap);
}

static inline void bitmap_zero(unsigned long *dst, unsigned int nbits)
{
	unsigned int i;

	for (i = 0; i < BITS_TO_LONGS(nbits); i++)
		dst[i] = 0;
}

static inline void bitmap_fill(unsigned long *dst, unsigned int nbits)
{
	unsigned int i;

	for (i = 0; i < BITS_TO_LONGS(nbits); i++)
		dst[i] = ~0UL;
}

static inline void bitmap_copy(unsigned long *dst, const unsigned long *src, unsigned int nbits)
{
	unsigned int i;

	for (i = 0; i < BITS_TO_LONGS(nbits); i++)
		dst[i] = src[i];
}

/* Words behind the last bit are left out. */
#define __kt_bitmap_word(word, i, nbits) \
	((word) & ((i) == BITS_TO_LONGS(nbits) - 1 ? BITMAP_LAST_WORD_MASK(nbits) : ~0UL))

/* dst = a OP b; true if there is anything in it. */
#define __KT_BITMAP_OP(name, expression) \
	static inline bool name(unsigned long *dst, const unsigned long *a, const unsigned long *b, unsigned int nbits) \
	{ \
		unsigned long any = 0; \
		unsigned int i; \
		for (i = 0; i < BITS_TO_LONGS(nbits); i++) \
			any |= dst[i] = __kt_bitmap_word(expression, i, nbits); \
		return any != 0; \
	}
__KT_BITMAP_OP(bitmap_and, a[i] & b[i])
__KT_BITMAP_OP(bitmap_andnot, a[i] & ~b[i])
__KT_BITMAP_OP(bitmap_or, a[i] | b[i])
__KT_BITMAP_OP(bitmap_xor, a[i] ^ b[i])

static inline void bitmap_complement(unsigned long *dst, const unsigned long *src, unsigned int nbits)
{
	unsigned int i;

	for (i = 0; i < BITS_TO_LONGS(nbits); i++)
		dst[i] = ~src[i];
}

/* True if no bit of the expression is 1. */
#define __KT_BITMAP_NONE(name, expression) \
	static inline bool name(const unsigned long *a, const unsigned long *b, unsigned int nbits) \
	{ \
		unsigned int i; \
		for (i = 0; i < BITS_TO_LONGS(nbits); i++) \
			if (__kt_bitmap_word(expression, i, nbits)) \
				return false; \
		return true; \
	}
__KT_BITMAP_NONE(bitmap_equal, a[i] ^ b[i])
__KT_BITMAP_NONE(bitmap_subset, a[i] & ~b[i])
__KT_BITMAP_NONE(kt_bitmap_disjoint, a[i] & b[i])

static inline bool bitmap_intersects(const unsigned long *a, const unsigned long *b, unsigned int nbits)
{
	return !kt_bitmap_disjoint(a, b, nbits);
}

static inline bool bitmap_empty(const unsigned long *src, unsigned int nbits)
{
	return find_first_bit(src, nbits) == nbits;
}

static inline bool bitmap_full(const unsigned long *src, unsigned int nbits)
{
	return find_first_zero_bit(src, nbits) == nbits;
}

static inline unsigned int bitmap_weight(const unsigned long *src, unsigned int nbits)
{
	unsigned int i, weight = 0;

	for (i = 0; i < BITS_TO_LONGS(nbits); i++)
		weight += (unsigned int)hweight_long(__kt_bitmap_word(src[i], i, nbits));
	return weight;
}

static inline void bitmap_set(unsigned long *map, unsigned int start, unsigned int nbits)
{
	for (; nbits > 0; nbits--, start++)
		__set_bit(start, map);
}

static inline void bitmap_clear(unsigned long *map, unsigned int start, unsigned int nbits)
{
	for (; nbits > 0; nbits--, start++)
		__clear_bit(start, map);
}

static inline void bitmap_shift_right(unsigned long *dst, const unsigned long *src, unsigned int shift, unsigned int nbits)
{
	unsigned int i;

	for (i = 0; i < nbits; i++)
		__assign_bit(i, dst, i + shift < nbits && test_bit(i + shift, src));
}

static inline void bitmap_shift_left(unsigned long *dst, const unsigned long *src, unsigned int shift, unsigned int nbits)
{
	unsigned int i;

	for (i = nbits; i-- > 0;)
		__assign_bit(i, dst, i >= shift && test_bit(i - shift, src));
}

/* The first of `nr` bits in a row that are 0, beginning at a multiple of align_mask + 1; beyond size if there is none. */
static inline unsigned long bitmap_find_next_zero_area(unsigned long *map, unsigned long size, unsigned long start,
						       unsigned int nr, unsigned long align_mask)
{
	for (;;) {
		unsigned long begin = (find_next_zero_bit(map, size, start) + align_mask) & ~align_mask;
		unsigned long taken;

		if (begin + nr > size)
			return begin + nr;
		taken = find_next_bit(map, begin + nr, begin);
		if (taken >= begin + nr)
			return begin;
		start = taken + 1;
	}
}

/* 2^order bits that are 0, at a multiple of that: sets them, and says where they begin; -ENOMEM if there are none. */
static inline int bitmap_find_free_region(unsigned long *bitmap, unsigned int bits, int order)
{
	unsigned int nr = 1u << order;
	unsigned long begin = bitmap_find_next_zero_area(bitmap, bits, 0, nr, nr - 1);

	if (begin + nr > bits)
		return -12;
	bitmap_set(bitmap, (unsigned int)begin, nr);
	return (int)begin;
}

static inline void bitmap_release_region(unsigned long *bitmap, unsigned int pos, int order)
{
	bitmap_clear(bitmap, pos, 1u << order);
}

#endif
