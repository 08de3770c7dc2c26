/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Arrays of bits. */
#ifndef KT_CORE_LINUX_BITMAP_H
#define KT_CORE_LINUX_BITMAP_H

#include <kt/core/linux/bitops.h>
#include <kt/core/linux/cleanup.h>
#include <kt/core/linux/errno.h>
#include <kt/core/linux/find.h>
#include <kt/core/linux/math.h>
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
	__builtin_memset(dst, 0, bitmap_size(nbits));
}

static inline void bitmap_fill(unsigned long *dst, unsigned int nbits)
{
	__builtin_memset(dst, 0xff, bitmap_size(nbits));
}

static inline void bitmap_copy(unsigned long *dst, const unsigned long *src, unsigned int nbits)
{
	__builtin_memcpy(dst, src, bitmap_size(nbits));
}

/* Bits of the last word after the last bit are ignored. */
#define __kt_bitmap_word(word, i, nbits) \
	((word) & ((i) == BITS_TO_LONGS(nbits) - 1 ? BITMAP_LAST_WORD_MASK(nbits) : ~0UL))

/* dst = a OP b. Returns true if dst is not empty. */
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
__KT_BITMAP_OP(kt_bitmap_or, a[i] | b[i])
__KT_BITMAP_OP(kt_bitmap_xor, a[i] ^ b[i])

static inline void bitmap_or(unsigned long *dst, const unsigned long *a, const unsigned long *b, unsigned int nbits)
{
	kt_bitmap_or(dst, a, b, nbits);
}

static inline void bitmap_xor(unsigned long *dst, const unsigned long *a, const unsigned long *b, unsigned int nbits)
{
	kt_bitmap_xor(dst, a, b, nbits);
}

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

/* The mask of the bits of word `i` from `start` to before `end`. */
static inline unsigned long kt_bitmap_mask(unsigned long i, unsigned long start, unsigned long end)
{
	unsigned long mask = ~0UL;

	if (i == BIT_WORD(start))
		mask &= BITMAP_FIRST_WORD_MASK(start);
	if (i == BIT_WORD(end - 1))
		mask &= BITMAP_LAST_WORD_MASK(end);
	return mask;
}

static inline void bitmap_set(unsigned long *map, unsigned int start, unsigned int nbits)
{
	unsigned long end = (unsigned long)start + nbits;

	for (unsigned long i = BIT_WORD(start); nbits && i <= BIT_WORD(end - 1); i++)
		map[i] |= kt_bitmap_mask(i, start, end);
}

static inline void bitmap_clear(unsigned long *map, unsigned int start, unsigned int nbits)
{
	unsigned long end = (unsigned long)start + nbits;

	for (unsigned long i = BIT_WORD(start); nbits && i <= BIT_WORD(end - 1); i++)
		map[i] &= ~kt_bitmap_mask(i, start, end);
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

/*
 * The kernel's names for a number of bits that is not a constant.
 */
#define __KT_BITMAP_OF_TWO(result, name) \
	static inline result __##name(const unsigned long *a, const unsigned long *b, unsigned int nbits) \
	{ \
		return name(a, b, nbits); \
	}
#define __KT_BITMAP_TO(result, name) \
	static inline result __##name(unsigned long *dst, const unsigned long *a, const unsigned long *b, unsigned int nbits) \
	{ \
		return name(dst, a, b, nbits); \
	}
#define __KT_BITMAP_RANGE(name) \
	static inline void __##name(unsigned long *map, unsigned int start, int nbits) \
	{ \
		name(map, start, (unsigned int)nbits); \
	}
__KT_BITMAP_OF_TWO(bool, bitmap_equal)
__KT_BITMAP_OF_TWO(bool, bitmap_intersects)
__KT_BITMAP_OF_TWO(bool, bitmap_subset)
__KT_BITMAP_TO(bool, bitmap_and)
__KT_BITMAP_TO(bool, bitmap_andnot)
__KT_BITMAP_TO(void, bitmap_or)
__KT_BITMAP_TO(void, bitmap_xor)
__KT_BITMAP_RANGE(bitmap_set)
__KT_BITMAP_RANGE(bitmap_clear)

static inline unsigned int __bitmap_weight(const unsigned long *src, unsigned int nbits)
{
	return bitmap_weight(src, nbits);
}

static inline void __bitmap_complement(unsigned long *dst, const unsigned long *src, unsigned int nbits)
{
	bitmap_complement(dst, src, nbits);
}

/*
 * The begin of the first `nr` consecutive zero bits whose number plus `align_offset` is a multiple
 * of align_mask + 1; more than size if there are none.
 */
static inline unsigned long bitmap_find_next_zero_area_off(unsigned long *map, unsigned long size, unsigned long start,
							   unsigned int nr, unsigned long align_mask,
							   unsigned long align_offset)
{
	for (;;) {
		unsigned long begin = find_next_zero_bit(map, size, start), taken;

		begin = ((begin + align_offset + align_mask) & ~align_mask) - align_offset;
		if (begin + nr > size)
			return begin + nr;
		taken = find_next_bit(map, begin + nr, begin);
		if (taken >= begin + nr)
			return begin;
		start = taken + 1;
	}
}

static inline unsigned long bitmap_find_next_zero_area(unsigned long *map, unsigned long size, unsigned long start,
						       unsigned int nr, unsigned long align_mask)
{
	return bitmap_find_next_zero_area_off(map, size, start, nr, align_mask, 0);
}

/*
 * Regions: 2^order bits at a multiple of that. Sets the first region that is 0, and returns its
 * begin; -ENOMEM if there is none.
 */
static inline int bitmap_find_free_region(unsigned long *bitmap, unsigned int bits, int order)
{
	unsigned int nr = 1u << order;
	unsigned long begin = bitmap_find_next_zero_area(bitmap, bits, 0, nr, nr - 1);

	if (begin + nr > bits)
		return -ENOMEM;
	bitmap_set(bitmap, (unsigned int)begin, nr);
	return (int)begin;
}

static inline void bitmap_release_region(unsigned long *bitmap, unsigned int pos, int order)
{
	bitmap_clear(bitmap, pos, 1u << order);
}

/* Returns 0, or -EBUSY if not all of it is 0. */
static inline int bitmap_allocate_region(unsigned long *bitmap, unsigned int pos, int order)
{
	unsigned int nr = 1u << order;

	if (find_next_bit(bitmap, pos + nr, pos) < pos + nr)
		return -EBUSY;
	bitmap_set(bitmap, pos, nr);
	return 0;
}

static inline bool bitmap_or_equal(const unsigned long *a, const unsigned long *b, const unsigned long *c, unsigned int nbits)
{
	for (unsigned int i = 0; i < BITS_TO_LONGS(nbits); i++)
		if (__kt_bitmap_word((a[i] | b[i]) ^ c[i], i, nbits))
			return false;
	return true;
}

static inline unsigned int bitmap_weight_and(const unsigned long *a, const unsigned long *b, unsigned int nbits)
{
	unsigned int weight = 0;

	for (unsigned int i = 0; i < BITS_TO_LONGS(nbits); i++)
		weight += (unsigned int)hweight_long(__kt_bitmap_word(a[i] & b[i], i, nbits));
	return weight;
}

/* Takes bits from `b` where `mask` is 1, the others from `a`. */
static inline void bitmap_replace(unsigned long *dst, const unsigned long *a, const unsigned long *b, const unsigned long *mask,
				  unsigned int nbits)
{
	for (unsigned int i = 0; i < BITS_TO_LONGS(nbits); i++)
		dst[i] = (a[i] & ~mask[i]) | (b[i] & mask[i]);
}

/* Clears the bits after the last one, up to the word's end, or up to `size`. */
static inline void bitmap_copy_clear_tail(unsigned long *dst, const unsigned long *src, unsigned int nbits)
{
	bitmap_copy(dst, src, nbits);
	if (nbits % BITS_PER_LONG)
		dst[nbits / BITS_PER_LONG] &= BITMAP_LAST_WORD_MASK(nbits);
}

static inline void bitmap_copy_and_extend(unsigned long *dst, const unsigned long *src, unsigned int nbits, unsigned int size)
{
	bitmap_copy_clear_tail(dst, src, nbits);
	for (unsigned int i = BITS_TO_LONGS(nbits); i < BITS_TO_LONGS(size); i++)
		dst[i] = 0;
}

/* As numbers of 32 or 64 bits, the lowest first. */
static inline void bitmap_from_arr32(unsigned long *bitmap, const u32 *buf, unsigned int nbits)
{
	for (unsigned int i = 0; i < DIV_ROUND_UP(nbits, 32); i++) {
		if (i % 2 == 0)
			bitmap[i / 2] = 0;
		bitmap[i / 2] |= (unsigned long)buf[i] << i % 2 * 32;
	}
	if (nbits % BITS_PER_LONG)
		bitmap[nbits / BITS_PER_LONG] &= BITMAP_LAST_WORD_MASK(nbits);
}

static inline void bitmap_to_arr32(u32 *buf, const unsigned long *bitmap, unsigned int nbits)
{
	for (unsigned int i = 0; i < DIV_ROUND_UP(nbits, 32); i++)
		buf[i] = (u32)(bitmap[i / 2] >> i % 2 * 32);
	if (nbits % 32)
		buf[nbits / 32] &= ~0u >> (32 - nbits % 32);
}

static inline void bitmap_from_arr64(unsigned long *bitmap, const u64 *buf, unsigned int nbits)
{
	bitmap_copy_clear_tail(bitmap, (const unsigned long *)buf, nbits);
}

static inline void bitmap_to_arr64(u64 *buf, const unsigned long *bitmap, unsigned int nbits)
{
	bitmap_copy_clear_tail((unsigned long *)buf, bitmap, nbits);
}

#define BITMAP_FROM_U64(number) (number)

static inline void bitmap_from_u64(unsigned long *dst, u64 number)
{
	dst[0] = (unsigned long)number;
}

/* Eight bits at a multiple of eight. */
static inline unsigned long bitmap_get_value8(const unsigned long *map, unsigned long start)
{
	return map[BIT_WORD(start)] >> start % BITS_PER_LONG & 0xff;
}

static inline void bitmap_set_value8(unsigned long *map, unsigned long value, unsigned long start)
{
	map[BIT_WORD(start)] &= ~(0xffUL << start % BITS_PER_LONG);
	map[BIT_WORD(start)] |= value << start % BITS_PER_LONG;
}

/* The same for up to a word's bits, at any position. */
static inline unsigned long bitmap_read(const unsigned long *map, unsigned long start, unsigned long nbits)
{
	unsigned long value = 0;

	for (unsigned long i = 0; i < nbits; i++)
		value |= (unsigned long)test_bit((long)(start + i), map) << i;
	return value;
}

static inline void bitmap_write(unsigned long *map, unsigned long value, unsigned long start, unsigned long nbits)
{
	for (unsigned long i = 0; i < nbits; i++)
		__assign_bit((long)(start + i), map, value >> i & 1);
}

KT_BEGIN
/* Removes `cut` bits from `first` on, and shifts the higher bits down. */
void bitmap_cut(unsigned long *dst, const unsigned long *src, unsigned int first, unsigned int cut, unsigned int nbits);
/*
 * Moves the n-th set bit of `from` to the n-th set bit of `to`, cyclically. Bits that are not in
 * `from` stay.
 */
void bitmap_remap(unsigned long *dst, const unsigned long *src, const unsigned long *from, const unsigned long *to,
		  unsigned int nbits);
int bitmap_bitremap(int bit, const unsigned long *from, const unsigned long *to, int nbits);
/* The n-th bit decides about the n-th set bit of `relmap`. */
void bitmap_onto(unsigned long *dst, const unsigned long *orig, const unsigned long *relmap, unsigned int nbits);
/* Folds all bits modulo `size`. */
void bitmap_fold(unsigned long *dst, const unsigned long *orig, unsigned int size, unsigned int nbits);

/*
 * Text: hexadecimal numbers of 32 bits with commas, or (list) numbers and ranges:
 * "0-3,8,10-20:1/4,N". Returns 0 or -errno.
 */
int bitmap_parse(const char *text, unsigned int length, unsigned long *map, int nbits);
int bitmap_parselist(const char *text, unsigned long *map, int nbits);
int bitmap_parse_user(const char __user *text, unsigned int length, unsigned long *map, int nbits);
int bitmap_parselist_user(const char __user *text, unsigned int length, unsigned long *map, int nbits);
int bitmap_print_to_pagebuf(bool list, char *page, const unsigned long *map, int nbits);
int bitmap_print_bitmask_to_buf(char *to, const unsigned long *map, int nbits, loff_t from, size_t count);
int bitmap_print_list_to_buf(char *to, const unsigned long *map, int nbits, loff_t from, size_t count);
KT_END

DEFINE_FREE(bitmap, unsigned long *, if (_T) bitmap_free(_T))

#endif
