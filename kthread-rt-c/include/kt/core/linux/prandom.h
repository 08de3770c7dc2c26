/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Reproducible random numbers from a seed. L'Ecuyer's generator of 1999, taus113: four shift
 * registers, not for secrets.
 */
#ifndef KT_CORE_LINUX_PRANDOM_H
#define KT_CORE_LINUX_PRANDOM_H

#include <kt/core/linux/random.h>
#include <kt/core/linux/types.h>

struct rnd_state {
	u32 s1, s2, s3, s4;
};

/*
 * One register's step: `mask` clears the unused bits; `shift` and the taps come from its
 * polynomial.
 */
static inline u32 kt_tausworthe(u32 s, unsigned int tap, unsigned int back, u32 mask, unsigned int shift)
{
	return (s & mask) << shift ^ ((s << tap ^ s) >> back);
}

static inline u32 prandom_u32_state(struct rnd_state *state)
{
	state->s1 = kt_tausworthe(state->s1, 6, 13, ~1u, 18);
	state->s2 = kt_tausworthe(state->s2, 2, 27, ~7u, 2);
	state->s3 = kt_tausworthe(state->s3, 13, 21, ~15u, 7);
	state->s4 = kt_tausworthe(state->s4, 3, 12, ~127u, 13);
	return state->s1 ^ state->s2 ^ state->s3 ^ state->s4;
}

static inline void prandom_bytes_state(struct rnd_state *state, void *to, size_t n)
{
	u8 *byte = (u8 *)to;

	for (u32 number = 0, i = 0; n--; i++, number >>= 8) {
		if (i % 4 == 0)
			number = prandom_u32_state(state);
		*byte++ = (u8)number;
	}
}

/* A register must start with a used bit set. */
static inline u32 kt_prandom_seed(u32 seed, u32 least)
{
	return seed < least ? seed + least : seed;
}

static inline void prandom_seed_state(struct rnd_state *state, u64 seed)
{
	u32 mixed = (u32)(seed >> 32 ^ seed << 10 ^ seed);

	state->s1 = kt_prandom_seed(mixed, 2);
	state->s2 = kt_prandom_seed(mixed, 8);
	state->s3 = kt_prandom_seed(mixed, 16);
	state->s4 = kt_prandom_seed(mixed, 128);
}

static inline u32 next_pseudo_random32(u32 seed)
{
	return seed * 1664525 + 1013904223;
}

#endif
