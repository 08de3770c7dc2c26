// SPDX-License-Identifier: MIT OR Apache-2.0
/* Hashes, checksums, numbers of a seed: the values that are published for them. */
#include <linux/crc-ccitt.h>
#include <linux/crc16.h>
#include <linux/crc32.h>
#include <linux/crc32c.h>
#include <linux/crc64.h>
#include <linux/crc7.h>
#include <linux/crc8.h>
#include <linux/hash.h>
#include <linux/jhash.h>
#include <linux/module.h>
#include <linux/prandom.h>
#include <linux/siphash.h>
#include <linux/string.h>
#include <linux/stringhash.h>
#include <linux/xxhash.h>

static const char score[] = "Four score and seven years ago";
static const u8 digits[] = "123456789";

static void hashes(void)
{
	/* The key and the text of SipHash's paper. */
	static const siphash_key_t key = { { 0x0706050403020100, 0x0f0e0d0c0b0a0908 } };
	static const hsiphash_key_t small = { { 0x0706050403020100, 0x0f0e0d0c0b0a0908 } };
	u32 words[] = { 1, 2, 3, 4 };
	struct xxh64_state wide;
	struct xxh32_state narrow;
	u8 bytes[100];
	int i;

	for (i = 0; i < 100; i++)
		bytes[i] = i;
	pr_info("jhash: %08x %08x %08x\n", jhash(score, 30, 0), jhash(score, 30, 1), jhash("", 0, 0));
	pr_info("of words as of bytes: %d %d %d %d\n", jhash2(words, 4, 7) == jhash(words, 16, 7),
		jhash_1word(1, 7) == jhash(words, 4, 7), jhash_2words(1, 2, 7) == jhash(words, 8, 7),
		jhash_3words(1, 2, 3, 7) == jhash(words, 12, 7));
	pr_info("siphash: %016llx %016llx\n", siphash(bytes, 15, &key), siphash(bytes, 0, &key));
	pr_info("of numbers as of bytes: %d %d %d\n", siphash_3u32(1, 2, 3, &key) == siphash(words, 12, &key),
		siphash_2u64(0x200000001, 0x400000003, &key) == siphash(words, 16, &key),
		hsiphash_1u32(1, &small) == hsiphash(words, 4, &small));
	pr_info("hash_32, hash_64: %08x %08x\n", hash_32(1, 32), hash_64(1, 32));
	pr_info("names: %d\n", hashlen_string(NULL, score) == hashlen_create(full_name_hash(NULL, score, 30), 30));
	pr_info("xxhash: %08x %08x %016llx %016llx\n", xxh32("", 0, 0), xxh32("abc", 3, 0), xxh64("", 0, 0),
		xxh64("abc", 3, 0));
	xxh32_reset(&narrow, 5);
	xxh64_reset(&wide, 5);
	for (i = 0; i < 100; i += 10) {
		xxh32_update(&narrow, bytes + i, 10);
		xxh64_update(&wide, bytes + i, 10);
	}
	pr_info("in pieces: %d %d\n", xxh32_digest(&narrow) == xxh32(bytes, 100, 5), xxh64_digest(&wide) == xxh64(bytes, 100, 5));
}

static void sums(void)
{
	DECLARE_CRC8_TABLE(msb);
	DECLARE_CRC8_TABLE(lsb);

	crc8_populate_msb(msb, 0x07);
	crc8_populate_lsb(lsb, 0x8c);
	/* The check values of the catalogue of CRCs: BZIP2, ISCSI, ARC, KERMIT, CCITT-FALSE, MMC, SMBUS, MAXIM, ECMA-182, NVME. */
	pr_info("crc32: %08x %08x, c %08x\n", ~crc32_le(~0, digits, 9), ~crc32_be(~0, digits, 9), ~crc32c(~0, digits, 9));
	pr_info("crc16: %04x, ccitt: %04x %04x\n", crc16(0, digits, 9), crc_ccitt(0, digits, 9), crc_ccitt_false(0xffff, digits, 9));
	pr_info("crc7: %02x, crc8: %02x %02x\n", crc7_be(0, digits, 9) >> 1, crc8(msb, digits, 9, 0), crc8(lsb, digits, 9, 0));
	pr_info("crc64: %016llx %016llx\n", crc64_be(0, digits, 9), crc64_rocksoft(digits, 9));
	pr_info("combined: %d %d\n", crc32_le_combine(crc32_le(7, digits, 4), crc32_le(0, digits + 4, 5), 5) == crc32_le(7, digits, 9),
		__crc32c_le_combine(crc32c(7, digits, 4), crc32c(0, digits + 4, 5), 5) == crc32c(7, digits, 9));
}

static int __init hashes_init(void)
{
	struct rnd_state state, again;
	u32 first;
	u8 bytes[5];

	hashes();
	sums();
	prandom_seed_state(&state, 42);
	again = state;
	first = prandom_u32_state(&state);
	prandom_bytes_state(&again, bytes, 5);
	pr_info("of a seed: %d %d\n", !memcmp(bytes, &first, 4), bytes[4] == (u8)prandom_u32_state(&state));
	return 0;
}

static void __exit hashes_exit(void)
{
}

module_init(hashes_init);
module_exit(hashes_exit);
MODULE_LICENSE("Dual MIT/Apache-2.0");
