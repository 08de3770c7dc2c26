// SPDX-License-Identifier: MIT OR Apache-2.0
/* Numbers in random texts: which are taken, how they end, and which error the others are. */
#include "random.h"

static char text[40];

static const char *digits(void)
{
	return random_of("0123456789", "01", "+-0123456789", "0123456789abcdefABCDEFxX", "0x123 \n", "0123456789\n", "xX0178_g");
}

CASE(integers, "kstrtoint kstrtouint kstrtoll kstrtoull")
{
	unsigned int round;

	for (round = 0; round < 60; round++) {
		unsigned int base;
		unsigned long long ull = 7;
		long long ll = 7;
		unsigned int u = 7;
		int i = 7, of_ull, of_ll, of_u, of_i;

		random_begin(round);
		random_text(text, random_of(4, 10, 12, 22, 26), digits());
		base = random_of(0, 0, 0, 2, 8, 10, 10, 16, 16, 36);
		of_ull = kstrtoull(text, base, &ull);
		of_ll = kstrtoll(text, base, &ll);
		of_u = kstrtouint(text, base, &u);
		of_i = kstrtoint(text, base, &i);
		answer("%u base=%u text=" SHOWN " ull=%d,%llu ll=%d,%lld u=%d,%u i=%d,%d", round, base, RANDOM_SHOWN(text), of_ull,
		       ull, of_ll, ll, of_u, u, of_i, i);
	}
}

CASE(small, "kstrtou8 kstrtos8 kstrtou16 kstrtos16 kstrtobool")
{
	unsigned int round;

	for (round = 0; round < 30; round++) {
		u8 u8_is = 7;
		s8 s8_is = 7;
		u16 u16_is = 7;
		s16 s16_is = 7;
		bool is = false;
		int of[5];

		random_begin(round);
		random_text(text, 7, random_of("0123456789", "-0123456789", "yYnN01oOfFtT", "0x12af\n"));
		of[0] = kstrtou8(text, 0, &u8_is);
		of[1] = kstrtos8(text, 0, &s8_is);
		of[2] = kstrtou16(text, 10, &u16_is);
		of[3] = kstrtos16(text, 16, &s16_is);
		of[4] = kstrtobool(text, &is);
		answer("%u text=" SHOWN " u8=%d,%u s8=%d,%d u16=%d,%u s16=%d,%d bool=%d,%d", round, RANDOM_SHOWN(text), of[0],
		       u8_is, of[1], s8_is, of[2], u16_is, of[3], s16_is, of[4], is);
	}
}

CASE(simple, "simple_strtol simple_strtoull memparse")
{
	unsigned int round;

	for (round = 0; round < 50; round++) {
		unsigned int base;
		char *end[3];
		unsigned long long ull, parsed;
		long l;

		random_begin(round);
		random_text(text, random_of(5, 12, 24), random_of("0123456789", "-+0x123456789abcKMGTPEkmgtpe", "012xXKMGkmg "));
		base = random_of(0, 0, 8, 10, 16);
		ull = simple_strtoull(text, &end[0], base);
		l = simple_strtol(text, &end[1], base);
		parsed = memparse(text, &end[2]);
		answer("%u base=%u text=" SHOWN " ull=%llu,%d l=%ld,%d memparse=%llu,%d", round, base, RANDOM_SHOWN(text), ull,
		       (int)(end[0] - text), l, (int)(end[1] - text), parsed, (int)(end[2] - text));
	}
}

CASE(options, "get_option get_options")
{
	unsigned int round;

	for (round = 0; round < 40; round++) {
		int ints[6] = { 0 }, value = 7, got;
		char *rest = text, *end;

		random_begin(round);
		random_text(text, random_of(4, 8, 16), random_of("0123456789,-", "12,-x", "1234,,--"));
		got = get_option(&rest, &value);
		end = get_options(text, ARRAY_SIZE(ints), ints);
		answer("%u text=" SHOWN " option=%d,%d,%d options=%d:%d,%d,%d,%d,%d,%d", round, RANDOM_SHOWN(text), got, value,
		       (int)(rest - text), (int)(end - text), ints[0], ints[1], ints[2], ints[3], ints[4], ints[5]);
	}
}

ASK_MODULE(&case_integers, &case_small, &case_simple, &case_options);
