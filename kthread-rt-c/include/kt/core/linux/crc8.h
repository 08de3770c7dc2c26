/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * CRC-8 of any polynomial: its table is made first, for the highest bit first (msb) or the lowest.
 */
#ifndef KT_CORE_LINUX_CRC8_H
#define KT_CORE_LINUX_CRC8_H

#include <kt/core/linux/types.h>

#define CRC8_INIT_VALUE 0xff
#define CRC8_TABLE_SIZE 256
#define CRC8_GOOD_VALUE(table) ((table)[0xff])
#define DECLARE_CRC8_TABLE(table) static u8 table[CRC8_TABLE_SIZE]

KT_BEGIN
void crc8_populate_lsb(u8 table[CRC8_TABLE_SIZE], u8 polynomial);
void crc8_populate_msb(u8 table[CRC8_TABLE_SIZE], u8 polynomial);
u8 crc8(const u8 table[CRC8_TABLE_SIZE], const u8 *data, size_t length, u8 crc);
KT_END

#endif
