/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * linux/crc*.h: computed bytewise by a table for each polynomial. The tables are made at load time.
 */
#include <kt/core/linux/crc16.h>
#include <kt/core/linux/crc32.h>
#include <kt/core/linux/crc64.h>
#include <kt/core/linux/crc7.h>
#include <kt/core/linux/crc8.h>
#include <kt/core/linux/crc-ccitt.h>

/*
 * Polynomials without the highest power: with the lowest bit first (reflected), or the highest
 * first.
 */
enum {
	CRC32_LE = 0xedb88320,
	CRC32C_LE = 0x82f63b78,
	CRC32_BE = 0x04c11db7,
	CRC16_LE = 0xa001,
	CCITT_LE = 0x8408,
	CCITT_BE = 0x1021,
	CRC7_BE = 0x09 << 1,
};
#define CRC64_BE 0x42f0e1eba9ea3693ULL
#define CRC64_LE 0x9a6c9329ac4bc9b5ULL

static u32 le32[256], c32[256], be32[256];
static u16 le16[256], ccitt[256], ccitt_false[256];
static u64 be64[256], le64[256];
static u8 be7[256];

static u64 table_le(unsigned int byte, u64 polynomial)
{
	u64 crc = byte;

	for (int i = 0; i < 8; i++)
		crc = crc >> 1 ^ (crc & 1 ? polynomial : 0);
	return crc;
}

static u64 table_be(unsigned int byte, u64 polynomial, unsigned int bits)
{
	u64 crc = (u64)byte << (bits - 8), top = 1ULL << (bits - 1);

	for (int i = 0; i < 8; i++)
		crc = crc << 1 ^ (crc & top ? polynomial : 0);
	return crc;
}

static __attribute__((constructor)) void make_tables(void)
{
	for (unsigned int i = 0; i < 256; i++) {
		le32[i] = (u32)table_le(i, CRC32_LE);
		c32[i] = (u32)table_le(i, CRC32C_LE);
		be32[i] = (u32)table_be(i, CRC32_BE, 32);
		le16[i] = (u16)table_le(i, CRC16_LE);
		ccitt[i] = (u16)table_le(i, CCITT_LE);
		ccitt_false[i] = (u16)table_be(i, CCITT_BE, 16);
		le64[i] = table_le(i, CRC64_LE);
		be64[i] = table_be(i, CRC64_BE, 64);
		be7[i] = (u8)table_be(i, CRC7_BE, 8);
	}
}

#define LE(crc, data, length, table) \
	while ((length)--) \
		(crc) = (__typeof__(crc))((crc) >> 8) ^ (table)[((crc) ^ *(data)++) & 0xff]
#define BE(crc, data, length, table) \
	while ((length)--) \
		(crc) = (__typeof__(crc))((crc) << 8) ^ (table)[((crc) >> (8 * sizeof(crc) - 8) ^ *(data)++) & 0xff]

u32 crc32_le(u32 crc, const unsigned char *data, size_t length)
{
	LE(crc, data, length, le32);
	return crc;
}

u32 __crc32c_le(u32 crc, const unsigned char *data, size_t length)
{
	LE(crc, data, length, c32);
	return crc;
}

u32 crc32_be(u32 crc, const unsigned char *data, size_t length)
{
	BE(crc, data, length, be32);
	return crc;
}

/*
 * The product of two polynomials modulo this one. All are reflected: the highest bit stands for 1.
 */
static u32 product(u32 a, u32 b, u32 polynomial)
{
	u32 sum = 0;

	for (u32 bit = 1u << 31; bit; bit >>= 1) {
		if (a & bit)
			sum ^= b;
		b = b >> 1 ^ (b & 1 ? polynomial : 0);
	}
	return sum;
}

/* Multiplies by x^8 for each byte, by repeated squaring. */
static u32 shifted(u32 crc, size_t length, u32 polynomial)
{
	for (u32 power = 1u << 23; length; length >>= 1) {
		if (length & 1)
			crc = product(crc, power, polynomial);
		power = product(power, power, polynomial);
	}
	return crc;
}

u32 crc32_le_shift(u32 crc, size_t length)
{
	return shifted(crc, length, CRC32_LE);
}

u32 __crc32c_le_shift(u32 crc, size_t length)
{
	return shifted(crc, length, CRC32C_LE);
}

u16 crc16(u16 crc, const u8 *data, size_t length)
{
	LE(crc, data, length, le16);
	return crc;
}

u16 crc_ccitt(u16 crc, const u8 *data, size_t length)
{
	LE(crc, data, length, ccitt);
	return crc;
}

u16 crc_ccitt_false(u16 crc, const u8 *data, size_t length)
{
	BE(crc, data, length, ccitt_false);
	return crc;
}

u8 crc7_be(u8 crc, const u8 *data, size_t length)
{
	while (length--)
		crc = be7[crc ^ *data++];
	return crc;
}

u64 crc64_be(u64 crc, const void *data, size_t length)
{
	const u8 *byte = (const u8 *)data;

	BE(crc, byte, length, be64);
	return crc;
}

u64 crc64_rocksoft_generic(u64 crc, const void *data, size_t length)
{
	const u8 *byte = (const u8 *)data;

	crc = ~crc;
	LE(crc, byte, length, le64);
	return ~crc;
}

void crc8_populate_lsb(u8 table[CRC8_TABLE_SIZE], u8 polynomial)
{
	for (unsigned int i = 0; i < CRC8_TABLE_SIZE; i++)
		table[i] = (u8)table_le(i, polynomial);
}

void crc8_populate_msb(u8 table[CRC8_TABLE_SIZE], u8 polynomial)
{
	for (unsigned int i = 0; i < CRC8_TABLE_SIZE; i++)
		table[i] = (u8)table_be(i, polynomial, 8);
}

u8 crc8(const u8 table[CRC8_TABLE_SIZE], const u8 *data, size_t length, u8 crc)
{
	while (length--)
		crc = table[crc ^ *data++];
	return crc;
}
