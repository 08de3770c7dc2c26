/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* CRC-32, bit by bit. */
#ifndef KT_CORE_LINUX_CRC32_H
#define KT_CORE_LINUX_CRC32_H

#include <kt/core/linux/types.h>

static inline u32 crc32_le(u32 crc, const unsigned char *p, size_t n)
{
	while (n--) {
		crc ^= *p++;
		for (int i = 0; i < 8; i++)
			crc = (crc >> 1) ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return crc;
}

static inline u32 crc32_be(u32 crc, const unsigned char *p, size_t n)
{
	while (n--) {
		crc ^= (u32)*p++ << 24;
		for (int i = 0; i < 8; i++)
			crc = (crc << 1) ^ (crc & 0x80000000u ? 0x04c11db7u : 0);
	}
	return crc;
}

#define crc32(seed, data, length) crc32_le(seed, (const unsigned char *)(data), length)
#define ether_crc(length, data) crc32_be(~0u, data, length)

#endif
