/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* CRC-64: that of ECMA-182, the highest bit first, and that of Rocksoft, the lowest first. */
#ifndef KT_CORE_LINUX_CRC64_H
#define KT_CORE_LINUX_CRC64_H

#include <kt/core/linux/types.h>

KT_BEGIN
u64 crc64_be(u64 crc, const void *data, size_t length);
u64 crc64_rocksoft_generic(u64 crc, const void *data, size_t length);
KT_END

static inline u64 crc64_rocksoft(const void *data, size_t length)
{
	return crc64_rocksoft_generic(0, data, length);
}

static inline u64 crc64_rocksoft_update(u64 crc, const void *data, size_t length)
{
	return crc64_rocksoft_generic(crc, data, length);
}

#endif
