/* SPDX-License-Identifier: MIT OR Apache-2.0 */
<<<<<<< HEAD
/* Hexadecimal digits. */
=======
/* Numbers in hexadecimal digits. */
>>>>>>> s3
#ifndef KT_CORE_LINUX_HEX_H
#define KT_CORE_LINUX_HEX_H

#include <kt/core/linux/errno.h>
#include <kt/core/linux/types.h>

<<<<<<< HEAD
static inline char kt_hex_digit(unsigned int value, bool upper)
{
	return (char)(value < 10 ? '0' + value : (upper ? 'A' : 'a') + value - 10);
}

#define hex_asc_lo(byte) kt_hex_digit((byte) & 15, false)
#define hex_asc_hi(byte) kt_hex_digit((byte) >> 4 & 15, false)
#define hex_asc_upper_lo(byte) kt_hex_digit((byte) & 15, true)
#define hex_asc_upper_hi(byte) kt_hex_digit((byte) >> 4 & 15, true)

=======
static const char hex_asc[] __attribute__((unused)) = "0123456789abcdef";
static const char hex_asc_upper[] __attribute__((unused)) = "0123456789ABCDEF";
#define hex_asc_lo(byte) hex_asc[(byte) & 15]
#define hex_asc_hi(byte) hex_asc[(byte) >> 4 & 15]
#define hex_asc_upper_lo(byte) hex_asc_upper[(byte) & 15]
#define hex_asc_upper_hi(byte) hex_asc_upper[(byte) >> 4 & 15]

/* Where to go on writing. */
>>>>>>> s3
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

<<<<<<< HEAD
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
=======
/* -1 for what is no digit. */
static inline int hex_to_bin(unsigned char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	digit |= 0x20;
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

static inline int hex2bin(u8 *to, const char *from, size_t count)
{
	for (; count; count--) {
		int high = hex_to_bin((unsigned char)from[0]);
		int low = high < 0 ? -1 : hex_to_bin((unsigned char)from[1]);
>>>>>>> s3

		if (low < 0)
			return -EINVAL;
		*to++ = (u8)(high << 4 | low);
<<<<<<< HEAD
=======
		from += 2;
>>>>>>> s3
	}
	return 0;
}

<<<<<<< HEAD
/* Two digits a byte, without a NUL: their end. */
=======
/* Where to go on writing. */
>>>>>>> s3
static inline char *bin2hex(char *to, const void *from, size_t count)
{
	const u8 *byte = (const u8 *)from;

	while (count--)
		to = hex_byte_pack(to, *byte++);
	return to;
}

#endif
