// SPDX-License-Identifier: MIT OR Apache-2.0
/* Identifiers of 128 bits: reading, comparing, copying, making. */
#include "ask.h"
#include <linux/uuid.h>

CASE(read, "uuid_parse guid_parse uuid_is_valid uuid_null guid_null UUID_STRING_LEN UUID_SIZE")
{
	static const char text[] = "00112233-4455-6677-8899-AABBccddeeff";
	uuid_t uuid;
	guid_t guid;
	int ret[5];

	ret[0] = uuid_parse(text, &uuid);
	ret[1] = guid_parse(text, &guid);
	answer("parse=%d,%d uuid=%*phN guid=%*phN", ret[0], ret[1], UUID_SIZE, &uuid, UUID_SIZE, &guid);
	answer("printed uuid=%pUb guid=%pUl", &uuid, &guid);
	ret[0] = uuid_parse("00112233-4455-6677-8899-aabbccddeefg", &uuid);
	ret[1] = uuid_parse("00112233-4455-6677-8899aabbccddeeff-", &uuid);
	ret[2] = guid_parse("", &guid);
	ret[3] = uuid_parse("00112233-4455-6677-8899-aabbccddeeff\n", &uuid);
	answer("wrong=%d,%d,%d behind=%d", ret[0], ret[1], ret[2], ret[3]);
	answer("valid=%d,%d,%d length=%d,%d", uuid_is_valid(text), uuid_is_valid("0011"), uuid_is_valid("g0112233-4455-6677-8899-"
	       "aabbccddeeff"), UUID_STRING_LEN, UUID_SIZE);
	answer("null=%d,%d", uuid_is_null(&uuid_null), guid_is_null(&guid_null));
}

CASE(fields, "UUID_INIT GUID_INIT uuid_equal guid_equal uuid_copy guid_copy uuid_is_null guid_is_null")
{
	const uuid_t uuid = UUID_INIT(0x00112233, 0x4455, 0x6677, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff);
	const guid_t guid = GUID_INIT(0x00112233, 0x4455, 0x6677, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff);
	uuid_t own;
	guid_t other;

	answer("uuid=%pUb guid=%pUl bytes=%*phN", &uuid, &guid, UUID_SIZE, &guid);
	uuid_copy(&own, &uuid);
	guid_copy(&other, &guid);
	answer("equal=%d,%d null=%d,%d", uuid_equal(&own, &uuid), guid_equal(&other, &guid), uuid_is_null(&own),
	       guid_is_null(&other));
	own.b[3] ^= 1;
	other.b[3] ^= 1;
	answer("changed=%d,%d", uuid_equal(&own, &uuid), guid_equal(&other, &guid));
}

CASE(random, "uuid_gen guid_gen generate_random_uuid generate_random_guid")
{
	uuid_t a, b;
	guid_t c;
	u8 bytes[16];

	uuid_gen(&a);
	uuid_gen(&b);
	guid_gen(&c);
	answer("differ=%d version=%x,%x variant=%x,%x", !uuid_equal(&a, &b), a.b[6] >> 4, c.b[7] >> 4, a.b[8] >> 6, c.b[8] >> 6);
	generate_random_uuid(bytes);
	answer("uuid version=%x variant=%x", bytes[6] >> 4, bytes[8] >> 6);
	generate_random_guid(bytes);
	answer("guid version=%x variant=%x", bytes[7] >> 4, bytes[8] >> 6);
}

ASK_MODULE(&case_read, &case_fields, &case_random);
