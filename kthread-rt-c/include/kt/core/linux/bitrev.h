/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Bits in reverse order. */
#ifndef KT_CORE_LINUX_BITREV_H
#define KT_CORE_LINUX_BITREV_H

#include <kt/core/linux/types.h>

static inline u8 bitrev8(u8 byte)
{
	byte = (u8)((byte & 0x55) << 1 | (byte >> 1 & 0x55));
	byte = (u8)((byte & 0x33) << 2 | (byte >> 2 & 0x33));
	return (u8)(byte << 4 | byte >> 4);
}

static inline u16 bitrev16(u16 number)
{
	return (u16)(bitrev8((u8)number) << 8 | bitrev8((u8)(number >> 8)));
}

static inline u32 bitrev32(u32 number)
{
	return (u32)bitrev16((u16)number) << 16 | bitrev16((u16)(number >> 16));
}

/* The order within each byte. */
static inline u32 bitrev8x4(u32 number)
{
	return __builtin_bswap32(bitrev32(number));
}
#define __bitrev8 bitrev8
#define __bitrev16 bitrev16
#define __bitrev32 bitrev32
#define __bitrev8x4 bitrev8x4

#endif
