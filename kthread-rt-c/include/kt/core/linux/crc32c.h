/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* CRC-32C. Nothing is inverted. */
#ifndef KT_CORE_LINUX_CRC32C_H
#define KT_CORE_LINUX_CRC32C_H

#include <kt/core/linux/crc32.h>
#include <kt/core/linux/types.h>

static inline u32 crc32c(u32 crc, const void *data, unsigned int length)
{
	return __crc32c_le(crc, (const unsigned char *)data, length);
}
#define crc32c_le(crc, data, length) crc32c(crc, data, length)

#endif
