/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Questions that nobody chose: a generator picks the calls and their arguments. It is the same for
 * a real kernel and for kthread-rt, and begins anew in each round, so that a round that differs is
 * found by its number.
 */
#ifndef RANDOM_H
#define RANDOM_H

#include "ask.h"

/* Another value asks other questions; the recorded answers are those of 0. */
#ifndef RANDOM_SEED
#define RANDOM_SEED 0
#endif

static u64 random_state;

/* To be called at the beginning of each round. */
static inline void random_begin(unsigned int round)
{
	random_state = (RANDOM_SEED * 1000003ULL + round + 1) * 0x9e3779b97f4a7c15ULL;
}

static inline u64 random_64(void)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return random_state * 0x2545f4914f6cdd1dULL;
}

/* A number from 0 to below - 1. */
static inline u32 random_below(u32 below)
{
	return ((random_64() >> 32) * below) >> 32;
}

/* A number of a random length: small ones are as likely as large ones. */
static inline u64 random_sized(void)
{
	return random_64() >> random_below(64);
}

/* One of these values, all of the first one's type. */
#define RANDOM_FIRST(first, ...) (first)
#define random_of(...) \
	({ \
		typeof(RANDOM_FIRST(__VA_ARGS__, ) + 0) const random_values[] = { __VA_ARGS__ }; \
		random_values[random_below(ARRAY_SIZE(random_values))]; \
	})

/* A text of at most size - 1 of these characters, with its end. */
static inline char *random_text(char *into, u32 size, const char *characters)
{
	u32 length = random_below(size), i;

	for (i = 0; i < length; i++)
		into[i] = characters[random_below(strlen(characters))];
	into[length] = '\0';
	return into;
}

/* For texts that have ends of lines: as the C source would have it. */
#define RANDOM_SHOWN(text) (int)strlen(text), (text)
#define SHOWN "%*pE"

#endif
