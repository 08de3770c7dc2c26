// SPDX-License-Identifier: MIT OR Apache-2.0
/* Hashes and checksums with headers of their own: their values. */
#include "ask.h"
#include <linux/crc-ccitt.h>
#include <linux/crc32.h>
#include <linux/jhash.h>
#include <linux/siphash.h>
#include <linux/stringhash.h>
#include <linux/xxhash.h>

static const u8 check[] = "123456789abcdefghijklmnopqrstuvwxyz";

CASE(jhash, "jhash jhash2 jhash_1word jhash_2words jhash_3words JHASH_INITVAL")
{
	static const u32 words[] = { 1, 2, 3, 4, 5 };

	answer("jhash=%08x,%08x,%08x empty=%08x", jhash(check, 9, 0), jhash(check, 12, 1), jhash(check, 35, JHASH_INITVAL),
	       jhash(check, 0, 3));
	answer("jhash2=%08x,%08x words=%08x,%08x,%08x", jhash2(words, 5, 0), jhash2(words, 3, 7), jhash_1word(1, 0),
	       jhash_2words(1, 2, 0), jhash_3words(1, 2, 3, 0));
}

CASE(siphash, "siphash siphash_1u64 siphash_2u64 siphash_3u64 siphash_4u64 siphash_1u32 siphash_3u32 siphash_2u32")
{
	static const siphash_key_t key __aligned(8) = { { 0x0706050403020100ull, 0x0f0e0d0c0b0a0908ull } };

	answer("siphash=%016llx,%016llx,%016llx", siphash(check, 8, &key), siphash(check, 15, &key), siphash(check, 0, &key));
	answer("u64=%016llx,%016llx,%016llx,%016llx", siphash_1u64(1, &key), siphash_2u64(1, 2, &key), siphash_3u64(1, 2, 3, &key),
	       siphash_4u64(1, 2, 3, 4, &key));
	answer("u32=%016llx,%016llx,%016llx", siphash_1u32(1, &key), siphash_2u32(1, 2, &key), siphash_3u32(1, 2, 3, &key));
}

CASE(hsiphash, "hsiphash hsiphash_1u32 hsiphash_2u32")
{
	static const hsiphash_key_t key __aligned(8) = { { 0x03020100, 0x07060504 } };

	answer("hsiphash=%08x,%08x u32=%08x,%08x", hsiphash(check, 8, &key), hsiphash(check, 13, &key), hsiphash_1u32(1, &key),
	       hsiphash_2u32(1, 2, &key));
}

CASE(checksums, "crc_ccitt xxh32 xxh64 __crc32c_le")
{
	answer("ccitt=%04x,%04x xxh32=%08x,%08x xxh64=%016llx,%016llx", crc_ccitt(0, check, 9), crc_ccitt(0xffff, check, 9),
	       xxh32(check, 9, 0), xxh32(check, 35, 1), xxh64(check, 9, 0), xxh64(check, 35, 1));
	answer("crc32c=%08x", __crc32c_le(~0, check, 9) ^ ~0u);
}

CASE(names, "full_name_hash hashlen_string hashlen_hash hashlen_len")
{
	u64 both = hashlen_string(NULL, "name");

	answer("len=%u same=%d empty=%x", (u32)hashlen_len(both), hashlen_hash(both) == full_name_hash(NULL, "name", 4),
	       full_name_hash(NULL, "", 0));
}

ASK_MODULE(&case_jhash, &case_siphash, &case_hsiphash, &case_checksums, &case_names);
