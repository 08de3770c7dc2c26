/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * CRC-16 of the CCITT's polynomial, 0x1021: the lowest bit first, and (_false) the highest first.
 */
#ifndef KT_CORE_LINUX_CRC_CCITT_H
#define KT_CORE_LINUX_CRC_CCITT_H

#include <kt/core/linux/types.h>

KT_BEGIN
u16 crc_ccitt(u16 crc, const u8 *data, size_t length);
u16 crc_ccitt_false(u16 crc, const u8 *data, size_t length);
KT_END

static inline u16 crc_ccitt_byte(u16 crc, u8 byte)
{
	return crc_ccitt(crc, &byte, 1);
}

static inline u16 crc_ccitt_false_byte(u16 crc, u8 byte)
{
	return crc_ccitt_false(crc, &byte, 1);
}

#endif
