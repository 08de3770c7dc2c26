/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* CRC-7, in the upper seven bits. */
#ifndef KT_CORE_LINUX_CRC7_H
#define KT_CORE_LINUX_CRC7_H

#include <kt/core/linux/types.h>

KT_BEGIN
u8 crc7_be(u8 crc, const u8 *data, size_t length);
KT_END

static inline u8 crc7_be_byte(u8 crc, u8 byte)
{
	return crc7_be(crc, &byte, 1);
}

#endif
