/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* xxHash with 32 and 64 bits (Yann Collet, 2012): shim/xxhash.c. One-shot, or incremental. */
#ifndef KT_CORE_LINUX_XXHASH_H
#define KT_CORE_LINUX_XXHASH_H

#include <kt/core/linux/types.h>

struct xxh32_state {
	u64 total;
	u32 seed;
	u32 v[4];
	u8 rest[16];
	unsigned int resting; /* buffered bytes */
};

struct xxh64_state {
	u64 total;
	u64 seed;
	u64 v[4];
	u8 rest[32];
	unsigned int resting;
};

KT_BEGIN
u32 xxh32(const void *data, size_t length, u32 seed);
u64 xxh64(const void *data, size_t length, u64 seed);
void xxh32_reset(struct xxh32_state *state, u32 seed);
int xxh32_update(struct xxh32_state *state, const void *data, size_t length);
u32 xxh32_digest(const struct xxh32_state *state);
void xxh64_reset(struct xxh64_state *state, u64 seed);
int xxh64_update(struct xxh64_state *state, const void *data, size_t length);
u64 xxh64_digest(const struct xxh64_state *state);
KT_END

static inline unsigned long xxhash(const void *data, size_t length, u64 seed)
{
	return xxh64(data, length, seed);
}

static inline void xxh32_copy_state(struct xxh32_state *to, const struct xxh32_state *from)
{
	*to = *from;
}

static inline void xxh64_copy_state(struct xxh64_state *to, const struct xxh64_state *from)
{
	*to = *from;
}

#endif
