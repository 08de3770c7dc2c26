/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * CRC-32, the lowest bit first and the highest first, and CRC-32C: shim/crc.c. Nothing is inverted
 * here, at either end.
 */
#ifndef KT_CORE_LINUX_CRC32_H
#define KT_CORE_LINUX_CRC32_H

#include <kt/core/linux/bitops.h>
#include <kt/core/linux/bitrev.h>
#include <kt/core/linux/types.h>

KT_BEGIN
u32 crc32_le(u32 crc, const unsigned char *data, size_t length);
u32 crc32_be(u32 crc, const unsigned char *data, size_t length);
u32 __crc32c_le(u32 crc, const unsigned char *data, size_t length);
/* The CRC as if this many zero bytes followed. */
u32 crc32_le_shift(u32 crc, size_t length);
u32 __crc32c_le_shift(u32 crc, size_t length);
KT_END

/* The CRC of two concatenated parts; that of the second, of this length, was started with 0. */
static inline u32 crc32_le_combine(u32 first, u32 second, size_t length)
{
	return crc32_le_shift(first, length) ^ second;
}

static inline u32 __crc32c_le_combine(u32 first, u32 second, size_t length)
{
	return __crc32c_le_shift(first, length) ^ second;
}

#define crc32(seed, data, length) crc32_le(seed, (const unsigned char *)(data), length)
#define ether_crc_le(length, data) crc32_le(~0u, data, length)
#define ether_crc(length, data) bitrev32(crc32_le(~0u, data, length))

#endif
