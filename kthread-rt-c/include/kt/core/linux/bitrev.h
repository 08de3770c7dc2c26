/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Bits the other way round. */
#ifndef KT_CORE_LINUX_BITREV_H
#define KT_CORE_LINUX_BITREV_H

#include <kt/core/linux/types.h>

static inline u8 bitrev8(u8 byte)
{
	byte = (u8)(byte >> 4 | byte << 4);
	byte = (u8)((byte & 0xcc) >> 2 | (byte & 0x33) << 2);
	return (u8)((byte & 0xaa) >> 1 | (byte & 0x55) << 1);
}

static inline u16 bitrev16(u16 word)
{
	return (u16)(bitrev8((u8)word) << 8 | bitrev8((u8)(word >> 8)));
}

static inline u32 bitrev32(u32 word)
{
	return (u32)bitrev16((u16)word) << 16 | bitrev16((u16)(word >> 16));
}
#define __bitrev8 bitrev8
#define __bitrev16 bitrev16
#define __bitrev32 bitrev32

#endif
