/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* CRC-16, of the polynomial 0x8005, the lowest bit first. */
#ifndef KT_CORE_LINUX_CRC16_H
#define KT_CORE_LINUX_CRC16_H

#include <kt/core/linux/types.h>

KT_BEGIN
u16 crc16(u16 crc, const u8 *data, size_t length);
KT_END

static inline u16 crc16_byte(u16 crc, u8 byte)
{
	return crc16(crc, &byte, 1);
}

#endif
