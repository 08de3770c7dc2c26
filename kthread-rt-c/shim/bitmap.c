/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* linux/bitmap.h: remapping, and conversion from and to text. */
#include <kt/core/asm/page.h>
#include <kt/core/linux/bitmap.h>
#include <kt/core/linux/ctype.h>
#include <kt/core/linux/err.h>
#include <kt/core/linux/kernel.h>
#include <kt/core/linux/limits.h>
#include <kt/core/linux/mm.h>
#include <kt/core/linux/string.h>

void bitmap_cut(unsigned long *dst, const unsigned long *src, unsigned int first, unsigned int cut, unsigned int nbits)
{
	/*
	 * The two ranges may overlap. Then each bit comes from a higher position in the copy, at
	 * most from the end of its words.
	 */
	memmove(dst, src, bitmap_size(nbits));
	for (unsigned int i = first; i < nbits; i++)
		__assign_bit(i, dst, i + cut < BITS_TO_LONGS(nbits) * BITS_PER_LONG && test_bit(i + cut, dst));
}

/* The number of bits that are set before this bit; -1 if this bit is not set. */
static int order_of(const unsigned long *map, unsigned int bit, unsigned int nbits)
{
	return bit < nbits && test_bit(bit, map) ? (int)bitmap_weight(map, bit) : -1;
}

static unsigned int moved(const unsigned long *from, const unsigned long *to, unsigned int bit, unsigned int nbits)
{
	unsigned int weight = bitmap_weight(to, nbits);
	int n = order_of(from, bit, nbits);

	return n < 0 || !weight ? bit : (unsigned int)find_nth_bit(to, nbits, (unsigned int)n % weight);
}

void bitmap_remap(unsigned long *dst, const unsigned long *src, const unsigned long *from, const unsigned long *to,
		  unsigned int nbits)
{
	unsigned int bit;

	if (dst == src)
		return;
	bitmap_zero(dst, nbits);
	for_each_set_bit(bit, src, nbits)
		__set_bit(moved(from, to, bit, nbits), dst);
}

int bitmap_bitremap(int bit, const unsigned long *from, const unsigned long *to, int nbits)
{
	return (int)moved(from, to, (unsigned int)bit, (unsigned int)nbits);
}

void bitmap_onto(unsigned long *dst, const unsigned long *orig, const unsigned long *relmap, unsigned int nbits)
{
	unsigned int bit, n = 0;

	if (dst == orig)
		return;
	bitmap_zero(dst, nbits);
	for_each_set_bit(bit, relmap, nbits) {
		if (test_bit(n, orig))
			__set_bit(bit, dst);
		n++;
	}
}

void bitmap_fold(unsigned long *dst, const unsigned long *orig, unsigned int size, unsigned int nbits)
{
	unsigned int bit;

	if (dst == orig)
		return;
	bitmap_zero(dst, nbits);
	for_each_set_bit(bit, orig, nbits)
		__set_bit(bit % size, dst);
}

/* Hexadecimal text. */

static bool ends(char c)
{
	return c == 0 || c == '\n';
}

static bool parts(char c)
{
	return c == ',' || isspace(c);
}

/* Parsed from the end: the last number has the lowest bits. */
int bitmap_parse(const char *text, unsigned int length, unsigned long *map, int nbits)
{
	const char *end = text;
	unsigned int chunk = 0, bits = (unsigned int)nbits;

	while ((size_t)(end - text) < length && !ends(*end))
		end++;
	bitmap_zero(map, bits);
	/* Separators are allowed at both ends, too. */
	for (;;) {
		u64 value = 0;
		int digits = 0;

		while (end > text && parts(end[-1]))
			end--;
		if (end == text)
			return 0;
		for (; end > text && !parts(end[-1]); end--, digits++) {
			if (digits == 8)
				return -EOVERFLOW;
			if (!isxdigit(end[-1]))
				return -EINVAL;
			value |= (u64)hex_to_bin(end[-1]) << 4 * digits;
		}
		for (int i = 0; i < 32; i++) {
			if (!(value >> i & 1))
				continue;
			if (chunk * 32 + (unsigned int)i >= bits)
				return -EOVERFLOW;
			__set_bit(chunk * 32 + (unsigned int)i, map);
		}
		chunk++;
		if (end > text)
			end--;
	}
}

/* Lists. */

struct range {
	unsigned int first, last;
	unsigned int used, group; /* the first `used` bits of each `group` bits are meant */
};

/* A number, or `N`, which is the last bit. */
static int number(const char **text, unsigned int nbits, unsigned int *value)
{
	u64 sum = 0;

	if (**text == 'N') {
		*value = nbits - 1;
		++*text;
		return 0;
	}
	if (!isdigit(**text))
		return -EINVAL;
	for (; isdigit(**text); ++*text) {
		sum = sum * 10 + (u64)(**text - '0');
		if (sum > UINT_MAX)
			return -EOVERFLOW;
	}
	*value = (unsigned int)sum;
	return 0;
}

static bool closes(char c)
{
	return ends(c) || parts(c);
}

static int range(const char **text, unsigned int nbits, struct range *range)
{
	int error = 0;

	if (!strncasecmp(*text, "all", 3)) {
		*text += 3;
		range->first = 0;
		range->last = nbits - 1;
	} else {
		error = number(text, nbits, &range->first);
		range->last = range->first;
		if (error || closes(**text)) {
			range->used = range->group = 1;
			return error;
		}
		if (**text != '-')
			return -EINVAL;
		++*text;
		error = number(text, nbits, &range->last);
		if (error)
			return error;
	}
	range->used = range->group = range->last + 1;
	if (closes(**text))
		return 0;
	if (**text != ':')
		return -EINVAL;
	++*text;
	error = number(text, nbits, &range->used);
	if (error)
		return error;
	if (**text != '/')
		return -EINVAL;
	++*text;
	error = number(text, nbits, &range->group);
	return error ? error : closes(**text) ? 0 : -EINVAL;
}

int bitmap_parselist(const char *text, unsigned long *map, int nbits)
{
	unsigned int bits = (unsigned int)nbits;

	bitmap_zero(map, bits);
	for (;;) {
		struct range found;
		int error;

		/* A newline after a range ends the list; among separators, it is a separator. */
		while (*text && parts(*text))
			text++;
		if (!*text)
			return 0;
		error = range(&text, bits, &found);
		if (error)
			return error;
		if (found.first > found.last || !found.group || found.used > found.group)
			return -EINVAL;
		if (found.last >= bits)
			return -ERANGE;
		for (unsigned int begin = found.first; begin <= found.last;) {
			unsigned int left = found.last - begin + 1;

			bitmap_set(map, begin, found.used < left ? found.used : left);
			if (found.group >= left)
				break;
			begin += found.group;
		}
		if (ends(*text))
			return 0;
	}
}

static int parse_user(const char __user *from, unsigned int length, unsigned long *map, int nbits, bool list)
{
	char *text = memdup_user_nul(from, length);
	int error;

	if (IS_ERR(text))
		return (int)PTR_ERR(text);
	error = list ? bitmap_parselist(text, map, nbits) : bitmap_parse(text, UINT_MAX, map, nbits);
	kfree(text);
	return error;
}

int bitmap_parse_user(const char __user *text, unsigned int length, unsigned long *map, int nbits)
{
	return parse_user(text, length, map, nbits, false);
}

int bitmap_parselist_user(const char __user *text, unsigned int length, unsigned long *map, int nbits)
{
	return parse_user(text, length, map, nbits, true);
}

#define FORMAT(list) ((list) ? "%*pbl\n" : "%*pb\n")

int bitmap_print_to_pagebuf(bool list, char *page, const unsigned long *map, int nbits)
{
	return scnprintf(page, PAGE_SIZE - offset_in_page(page), FORMAT(list), nbits, map);
}

static int print(bool list, char *to, const unsigned long *map, int nbits, loff_t from, size_t count)
{
	char *text = kasprintf(GFP_KERNEL, FORMAT(list), nbits, map);
	ssize_t copied;

	if (!text)
		return -ENOMEM;
	/* Including the NUL. */
	copied = memory_read_from_buffer(to, count, &from, text, strlen(text) + 1);
	kfree(text);
	return (int)copied;
}

int bitmap_print_bitmask_to_buf(char *to, const unsigned long *map, int nbits, loff_t from, size_t count)
{
	return print(false, to, map, nbits, from, count);
}

int bitmap_print_list_to_buf(char *to, const unsigned long *map, int nbits, loff_t from, size_t count)
{
	return print(true, to, map, nbits, from, count);
}
