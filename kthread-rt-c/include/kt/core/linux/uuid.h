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

static inline bool uuid_equal(const uuid_t *a, const uuid_t *b)
{
	return !memcmp(a, b, sizeof(*a));
}

static inline bool uuid_is_null(const uuid_t *uuid)
{
	return mem_is_zero(uuid, sizeof(*uuid));
}

static inline void uuid_copy(uuid_t *to, const uuid_t *from)
{
	*to = *from;
}

/* A random one: version 4. */
static inline void generate_random_uuid(unsigned char uuid[16])
{
	get_random_bytes(uuid, UUID_SIZE);
	uuid[6] = (unsigned char)((uuid[6] & 0x0f) | 0x40);
	uuid[8] = (unsigned char)((uuid[8] & 0x3f) | 0x80);
}

static inline void uuid_gen(uuid_t *uuid)
{
	generate_random_uuid(uuid->b);
}

#endif
