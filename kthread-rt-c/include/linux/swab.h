/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Bytes in the other order. */
#ifndef KT_LINUX_SWAB_H
#define KT_LINUX_SWAB_H

#include <linux/types.h>

#define swab16(x) __builtin_bswap16(x)
#define swab32(x) __builtin_bswap32(x)
#define swab64(x) ((u64)__builtin_bswap64(x))
/* The halves, or the bytes within the halves, change places. */
#define swahw32(x) ((u32)((u32)(x) << 16 | (u32)(x) >> 16))
#define swahb32(x) ((u32)(((u32)(x) & 0x00ff00ffU) << 8 | ((u32)(x) & 0xff00ff00U) >> 8))
#define __swab16(x) swab16(x)
#define __swab32(x) swab32(x)
#define __swab64(x) swab64(x)

#endif
