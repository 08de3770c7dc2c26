/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* UUIDs. */
#ifndef KT_CORE_LINUX_UUID_H
#define KT_CORE_LINUX_UUID_H

#include <kt/core/linux/random.h>
#include <kt/core/linux/string.h>
#include <kt/core/linux/types.h>

#define UUID_SIZE 16
#define UUID_STRING_LEN 36

typedef struct {
	__u8 b[UUID_SIZE];
} uuid_t;
typedef struct {
	__u8 b[UUID_SIZE];
} guid_t;

/* The first three numbers are big-endian in a UUID, little-endian in a GUID. */
#define __kt_byte(n, at) ((__u8)(((n) >> (8 * (at))) & 0xff))
#define UUID_INIT(a, b, c, ...) \
	((uuid_t){ { __kt_byte(a, 3), __kt_byte(a, 2), __kt_byte(a, 1), __kt_byte(a, 0), __kt_byte(b, 1), __kt_byte(b, 0), \
		     __kt_byte(c, 1), __kt_byte(c, 0), __VA_ARGS__ } })
#define GUID_INIT(a, b, c, ...) \
	((guid_t){ { __kt_byte(a, 0), __kt_byte(a, 1), __kt_byte(a, 2), __kt_byte(a, 3), __kt_byte(b, 0), __kt_byte(b, 1), \
		     __kt_byte(c, 0), __kt_byte(c, 1), __VA_ARGS__ } })
#define UUID_LE(...) GUID_INIT(__VA_ARGS__)
#define NULL_UUID_LE UUID_LE(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
typedef guid_t uuid_le;

static const guid_t guid_null __attribute__((__unused__)) = { { 0 } };
static const uuid_t uuid_null __attribute__((__unused__)) = { { 0 } };
/* The position of each byte in the text. */
static const u8 uuid_index[UUID_SIZE] __attribute__((__unused__)) = {
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
};
static const u8 guid_index[UUID_SIZE] __attribute__((__unused__)) = {
	3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15,
};

#define __kt_uuid_functions(kind) \
	static inline bool kind##_equal(const kind##_t *a, const kind##_t *b) \
	{ \
		return !memcmp(a, b, sizeof(*a)); \
	} \
	static inline void kind##_copy(kind##_t *to, const kind##_t *from) \
	{ \
		*to = *from; \
	} \
	static inline bool kind##_is_null(const kind##_t *id) \
	{ \
		return mem_is_zero(id, sizeof(*id)); \
	} \
	static inline void import_##kind(kind##_t *to, const __u8 *from) \
	{ \
		memcpy(to, from, sizeof(*to)); \
	} \
	static inline void export_##kind(__u8 *to, const kind##_t *from) \
	{ \
		memcpy(to, from, sizeof(*from)); \
	}
__kt_uuid_functions(uuid)
__kt_uuid_functions(guid)
#undef __kt_uuid_functions

/* A random one, with version 4 in the byte for that kind. */
static inline void kt_random_uuid(__u8 *id, int version)
{
	get_random_bytes(id, UUID_SIZE);
	id[version] = (__u8)((id[version] & 0x0f) | 0x40);
	id[8] = (__u8)((id[8] & 0x3f) | 0x80);
}

static inline void generate_random_uuid(unsigned char uuid[16])
{
	kt_random_uuid(uuid, 6);
}

static inline void generate_random_guid(unsigned char guid[16])
{
	kt_random_uuid(guid, 7);
}

static inline void uuid_gen(uuid_t *uuid)
{
	kt_random_uuid(uuid->b, 6);
}

static inline void guid_gen(guid_t *guid)
{
	kt_random_uuid(guid->b, 7);
}

static inline int kt_hex_of(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static inline bool kt_is_uuid_dash(unsigned int at)
{
	return at == 8 || at == 13 || at == 18 || at == 23;
}

/* True if a text begins with one: 8-4-4-4-12 digits of either case. */
static inline bool uuid_is_valid(const char *text)
{
	for (unsigned int at = 0; at < UUID_STRING_LEN; at++)
		if (kt_is_uuid_dash(at) ? text[at] != '-' : kt_hex_of(text[at]) < 0)
			return false;
	return true;
}

static inline int kt_uuid_parse(const char *text, __u8 *id, const u8 *index)
{
	unsigned int byte = 0;

	if (!uuid_is_valid(text))
		return -22;
	for (unsigned int at = 0; at < UUID_STRING_LEN; at += 2) {
		at += kt_is_uuid_dash(at);
		id[index[byte++]] = (__u8)(kt_hex_of(text[at]) << 4 | kt_hex_of(text[at + 1]));
	}
	return 0;
}

static inline int uuid_parse(const char *text, uuid_t *uuid)
{
	return kt_uuid_parse(text, uuid->b, uuid_index);
}

static inline int guid_parse(const char *text, guid_t *guid)
{
	return kt_uuid_parse(text, guid->b, guid_index);
}

#endif
