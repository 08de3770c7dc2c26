// SPDX-License-Identifier: MIT OR Apache-2.0
/* Hashes and checksums: their values. */
#include "ask.h"
#include <linux/crc32.h>
#include <linux/hash.h>

static const u8 check[] = "123456789";

CASE(hash, "hash_32 hash_64 hash_long hash_ptr GOLDEN_RATIO_32 GOLDEN_RATIO_64")
{
	answer("32=%u,%u,%u", hash_32(1, 8), hash_32(0x12345678, 16), hash_32(0, 5));
	answer("64=%u,%u,%u", (u32)hash_64(1, 8), (u32)hash_64(0x123456789abcdef0ull, 32), (u32)hash_64(5, 1));
	answer("long=%u ptr=%u ratio=%x,%llx", (u32)hash_long(77, 10), (u32)hash_ptr((void *)0x1000, 10),
	       (u32)GOLDEN_RATIO_32, (u64)GOLDEN_RATIO_64);
}

CASE(crc32, "crc32 crc32_le crc32_be")
{
	answer("crc32=%08x,%08x le=%08x be=%08x empty=%08x", crc32(~0, check, 9) ^ ~0u, crc32(0, check, 9), crc32_le(5, check, 9),
	       crc32_be(~0, check, 9), crc32_le(7, check, 0));
}

ASK_MODULE(&case_hash, &case_crc32);
