/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Numbers in hexadecimal digits. */
#ifndef KT_CORE_LINUX_HEX_H
#define KT_CORE_LINUX_HEX_H

#include <kt/core/linux/errno.h>
#include <kt/core/linux/types.h>

static const char hex_asc[] __attribute__((unused)) = "0123456789abcdef";
static const char hex_asc_upper[] __attribute__((unused)) = "0123456789ABCDEF";
#define hex_asc_lo(byte) hex_asc[(byte) & 15]
#define hex_asc_hi(byte) hex_asc[(byte) >> 4 & 15]
#define hex_asc_upper_lo(byte) hex_asc_upper[(byte) & 15]
#define hex_asc_upper_hi(byte) hex_asc_upper[(byte) >> 4 & 15]

/* Where to go on writing. */
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

		if (low < 0)
			return -EINVAL;
		*to++ = (u8)(high << 4 | low);
		from += 2;
	}
	return 0;
}

/* Where to go on writing. */
static inline char *bin2hex(char *to, const void *from, size_t count)
{
	const u8 *byte = (const u8 *)from;

	while (count--)
		to = hex_byte_pack(to, *byte++);
	return to;
}

#endif
