/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Hexadecimal digits. */
#ifndef KT_CORE_LINUX_HEX_H
#define KT_CORE_LINUX_HEX_H

#include <kt/core/linux/errno.h>
#include <kt/core/linux/types.h>

static inline char kt_hex_digit(unsigned int value, bool upper)
{
	return (char)(value < 10 ? '0' + value : (upper ? 'A' : 'a') + value - 10);
}

#define hex_asc_lo(byte) kt_hex_digit((byte) & 15, false)
#define hex_asc_hi(byte) kt_hex_digit((byte) >> 4 & 15, false)
#define hex_asc_upper_lo(byte) kt_hex_digit((byte) & 15, true)
#define hex_asc_upper_hi(byte) kt_hex_digit((byte) >> 4 & 15, true)

static inline char *hex_byte_pack(char *to, u8 byte)
{
	*to++ = hex_asc_hi(byte);
	*to++ = hex_asc_lo(byte);
	return to;
}

static inline char *hex_byte_pack_upper(char *to, u8 byte)
{
	*to++ = hex_asc_upper_hi(byte);
	*to++ = hex_asc_upper_lo(byte);
	return to;
}

/* The digit's value, or -1. */
static inline int hex_to_bin(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 32;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* 0, or -EINVAL. */
static inline int hex2bin(u8 *to, const char *from, size_t count)
{
	for (; count--; from += 2) {
		int high = hex_to_bin((unsigned char)from[0]), low = high < 0 ? -1 : hex_to_bin((unsigned char)from[1]);

		if (low < 0)
			return -EINVAL;
		*to++ = (u8)(high << 4 | low);
	}
	return 0;
}

/* Writes two digits for each byte, without a NUL. Returns their end. */
static inline char *bin2hex(char *to, const void *from, size_t count)
{
	const u8 *byte = (const u8 *)from;

	while (count--)
		to = hex_byte_pack(to, *byte++);
	return to;
}

#endif
