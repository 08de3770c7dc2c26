// SPDX-License-Identifier: MIT OR Apache-2.0
/* Numbers from text: what is taken, and the error of what is not. */
#include "ask.h"
#include <linux/kernel.h>
#include <linux/kstrtox.h>

CASE(longs, "kstrtol kstrtoul kstrtoll kstrtoull")
{
	static const char *const texts[] = {
		"0", "42", "-42", "+42", "42\n", "42\n\n", " 42", "42 ", "", "\n", "-", "0x2a", "052", "0b11", "4 2", "2a",
		"9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
		"18446744073709551615", "18446744073709551616", "-0",
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		long s = 7;
		unsigned long u = 7;
		long long ll = 7;
		unsigned long long ull = 7;
		int rets = kstrtol(texts[i], 0, &s), retu = kstrtoul(texts[i], 0, &u);
		int same = kstrtoll(texts[i], 0, &ll) == rets && kstrtoull(texts[i], 0, &ull) == retu && ll == s && ull == u;

		answer("text=[%.*s] l=%d,%ld ul=%d,%lu ll_same=%d", (int)strcspn(texts[i], "\n"), texts[i], rets, s, retu, u,
		       same);
	}
}

CASE(bases, "kstrtol kstrtoul")
{
	static const struct {
		const char *text;
		unsigned int base;
	} asked[] = {
		{ "ff", 16 }, { "0xff", 16 }, { "0XFF", 16 }, { "ff", 10 }, { "0xff", 10 }, { "0x", 16 }, { "0x", 0 }, { "17", 8 },
		{ "18", 8 }, { "017", 10 }, { "101", 2 }, { "zz", 36 }, { "f", 36 }, { "-ff", 16 }, { "0", 0 },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(asked); i++) {
		long value = -7;
		int ret = kstrtol(asked[i].text, asked[i].base, &value);

		answer("text=%s base=%u ret=%d value=%ld", asked[i].text, asked[i].base, ret, value);
	}
}

CASE(ranges, "kstrtoint kstrtouint kstrtou8 kstrtos8 kstrtou16 kstrtos16 kstrtou32 kstrtos32 kstrtou64 kstrtos64")
{
	static const char *const texts[] = { "127", "128", "-128", "-129", "255", "256", "32767", "32768", "-32768", "65535", "65536",
					     "2147483647", "2147483648", "-2147483648", "-2147483649", "4294967295", "4294967296" };
	int i;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		u8 u8 = 1;
		s8 s8 = 1;
		u16 u16 = 1;
		s16 s16 = 1;
		int s = 1;
		unsigned int u = 1;
		int ret[6];

		ret[0] = kstrtou8(texts[i], 10, &u8);
		ret[1] = kstrtos8(texts[i], 10, &s8);
		ret[2] = kstrtou16(texts[i], 10, &u16);
		ret[3] = kstrtos16(texts[i], 10, &s16);
		ret[4] = kstrtouint(texts[i], 10, &u);
		ret[5] = kstrtoint(texts[i], 10, &s);
		answer("text=%s u8=%d,%u s8=%d,%d u16=%d,%u s16=%d,%d u=%d,%u s=%d,%d", texts[i], ret[0], u8, ret[1], s8,
		       ret[2], u16, ret[3], s16, ret[4], u, ret[5], s);
	}
}

CASE(sized, "kstrtou32 kstrtos32 kstrtou64 kstrtos64")
{
	u32 u32 = 1;
	s32 s32 = 1;
	u64 u64 = 1;
	s64 s64 = 1;
	int ret[4];

	ret[0] = kstrtou32("4294967295", 0, &u32);
	ret[1] = kstrtos32("-2147483648", 0, &s32);
	ret[2] = kstrtou64("18446744073709551615", 0, &u64);
	ret[3] = kstrtos64("-9223372036854775808", 0, &s64);
	answer("ret=%d,%d,%d,%d values=%u,%d,%llu,%lld", ret[0], ret[1], ret[2], ret[3], u32, s32, u64, s64);
}

CASE(bools, "kstrtobool")
{
	static const char *const texts[] = { "1", "0", "y", "Y", "n", "N", "yes", "no", "on", "off", "ON", "oF", "o", "t", "true",
					     "T", "f", "false", "", "2", " 1", "10", "0x", "enable", "d" };
	char all[200] = "";
	int i, length = 0;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		bool value = false;
		int ret = kstrtobool(texts[i], &value);

		if (ret)
			length += scnprintf(all + length, sizeof(all) - length, "%s:%d ", texts[i], ret);
		else
			length += scnprintf(all + length, sizeof(all) - length, "%s=%d ", texts[i], value);
	}
	answer("[%s]", all);
	answer("null=%d", kstrtobool(NULL, &(bool){ 0 }));
}

CASE(simple, "simple_strtol simple_strtoul simple_strtoll simple_strtoull")
{
	static const struct {
		const char *text;
		unsigned int base;
	} asked[] = {
		{ "42abc", 10 }, { "-42abc", 10 }, { "0x1fz", 0 }, { "0x1fz", 16 }, { "017", 0 }, { "1fz", 16 }, { "abc", 10 },
		{ "", 10 }, { " 5", 10 }, { "+5", 10 }, { "0x", 0 }, { "99999999999999999999", 10 }, { "12\n", 10 },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(asked); i++) {
		char *end_s, *end_u, *end;
		long s = simple_strtol(asked[i].text, &end_s, asked[i].base);
		unsigned long u = simple_strtoul(asked[i].text, &end_u, asked[i].base);
		int same = simple_strtoll(asked[i].text, &end, asked[i].base) == s &&
			   simple_strtoull(asked[i].text, NULL, asked[i].base) == u;

		answer("n=%d base=%u l=%ld,%d ul=%lu,%d ll_same=%d", i, asked[i].base, s, (int)(end_s - asked[i].text), u,
		       (int)(end_u - asked[i].text), same);
	}
}

CASE(sizes, "memparse")
{
	static const char *const texts[] = { "10", "4k", "4K", "2M", "1G", "3T", "1P", "1E", "0x10k", "5x", "010", "k" };
	char *at;
	int i;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		unsigned long long size = memparse(texts[i], &at);

		answer("text=%s size=%llu left=[%s]", texts[i], size, at);
	}
}

ASK_MODULE(&case_longs, &case_bases, &case_ranges, &case_sized, &case_bools, &case_simple, &case_sizes);
