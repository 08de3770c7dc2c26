/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * linux/xxhash.h, from the algorithm's specification: four sums over stripes of four words, and the
 * rest at the end.
 */
#include <kt/core/asm/unaligned.h>
#include <kt/core/linux/bitops.h>
#include <kt/core/linux/errno.h>
#include <kt/core/linux/string.h>
#include <kt/core/linux/xxhash.h>

#define A32 0x9e3779b1u
#define B32 0x85ebca77u
#define C32 0xc2b2ae3du
#define D32 0x27d4eb2fu
#define E32 0x165667b1u
#define A64 0x9e3779b185ebca87ULL
#define B64 0xc2b2ae3d27d4eb4fULL
#define C64 0x165667b19e3779f9ULL
#define D64 0x85ebca77c2b2ae63ULL
#define E64 0x27d4eb2f165667c5ULL

static u32 round32(u32 sum, u32 word)
{
	return rol32(sum + word * B32, 13) * A32;
}

static u64 round64(u64 sum, u64 word)
{
	return rol64(sum + word * B64, 31) * A64;
}

static u64 merge64(u64 hash, u64 sum)
{
	return (hash ^ round64(0, sum)) * A64 + D64;
}

static u32 word32(const void *at)
{
	return get_unaligned_le32(at);
}

static u64 word64(const void *at)
{
	return get_unaligned_le64(at);
}

/* Processes bytes stripe by stripe. An incomplete stripe stays in the state. */
#define DEFINE_XXH(bits, stripe) \
	void xxh##bits##_reset(struct xxh##bits##_state *state, u##bits seed) \
	{ \
		memset(state, 0, sizeof(*state)); \
		state->seed = seed; \
		state->v[0] = seed + A##bits + B##bits; \
		state->v[1] = seed + B##bits; \
		state->v[2] = seed; \
		state->v[3] = seed - A##bits; \
	} \
	static void take##bits(struct xxh##bits##_state *state, const u8 *at) \
	{ \
		for (int i = 0; i < 4; i++) \
			state->v[i] = round##bits(state->v[i], word##bits(at + i * (stripe) / 4)); \
	} \
	int xxh##bits##_update(struct xxh##bits##_state *state, const void *data, size_t length) \
	{ \
		const u8 *at = (const u8 *)data; \
		if (!data) \
			return -EINVAL; \
		state->total += length; \
		while (length) { \
			size_t part = (stripe) - state->resting; \
			if (!state->resting && length >= (stripe)) { \
				take##bits(state, at); \
				at += (stripe); \
				length -= (stripe); \
				continue; \
			} \
			part = part < length ? part : length; \
			memcpy(state->rest + state->resting, at, part); \
			state->resting += (unsigned int)part; \
			at += part; \
			length -= part; \
			if (state->resting == (stripe)) { \
				take##bits(state, state->rest); \
				state->resting = 0; \
			} \
		} \
		return 0; \
	} \
	u##bits xxh##bits(const void *data, size_t length, u##bits seed) \
	{ \
		struct xxh##bits##_state state; \
		xxh##bits##_reset(&state, seed); \
		if (length) \
			xxh##bits##_update(&state, data, length); \
		return xxh##bits##_digest(&state); \
	}
DEFINE_XXH(32, 16)
DEFINE_XXH(64, 32)

u32 xxh32_digest(const struct xxh32_state *state)
{
	const u8 *at = state->rest, *end = at + state->resting;
	u32 hash = state->seed + E32;

	if (state->total >= 16)
		hash = rol32(state->v[0], 1) + rol32(state->v[1], 7) + rol32(state->v[2], 12) + rol32(state->v[3], 18);
	hash += (u32)state->total;
	for (; end - at >= 4; at += 4)
		hash = rol32(hash + word32(at) * C32, 17) * D32;
	for (; at < end; at++)
		hash = rol32(hash + *at * E32, 11) * A32;
	hash = (hash ^ hash >> 15) * B32;
	hash = (hash ^ hash >> 13) * C32;
	return hash ^ hash >> 16;
}

u64 xxh64_digest(const struct xxh64_state *state)
{
	const u8 *at = state->rest, *end = at + state->resting;
	u64 hash = state->seed + E64;

	if (state->total >= 32) {
		hash = rol64(state->v[0], 1) + rol64(state->v[1], 7) + rol64(state->v[2], 12) + rol64(state->v[3], 18);
		for (int i = 0; i < 4; i++)
			hash = merge64(hash, state->v[i]);
	}
	hash += state->total;
	for (; end - at >= 8; at += 8)
		hash = rol64(hash ^ round64(0, word64(at)), 27) * A64 + D64;
	if (end - at >= 4) {
		hash = rol64(hash ^ (u64)word32(at) * A64, 23) * B64 + C64;
		at += 4;
	}
	for (; at < end; at++)
		hash = rol64(hash ^ *at * E64, 11) * A64;
	hash = (hash ^ hash >> 33) * B64;
	hash = (hash ^ hash >> 29) * C64;
	return hash ^ hash >> 32;
}
