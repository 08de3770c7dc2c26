// SPDX-License-Identifier: MIT OR Apache-2.0
/* linux/parser.h: words by a table of patterns, and the numbers in them. */
#include "ask.h"
#include <linux/parser.h>
#include <linux/slab.h>

static substring_t whole(const char *text)
{
	return (substring_t){ .from = (char *)text, .to = (char *)text + strlen(text) };
}

CASE(tokens, "match_token match_table_t substring_t MAX_OPT_ARGS")
{
	static const match_table_t table = {
		{ 1, "size=%u" },
		{ 2, "mode=%o" },
		{ 3, "low=%d,high=%d" },
		{ 4, "name=%s" },
		{ 5, "key=%3s%s" },
		{ 6, "mask=%x" },
		{ 7, "full%%" },
		{ 8, "plain" },
		{ 9, NULL },
	};
	static const char *const words[] = {
		"size=5", "size=0x1f", "size=010", "size=-5", "size=", "size=5k", "mode=755", "mode=8", "mode=0755", "low=-1,high=+2",
		"low=1,high=2", "low=1", "name=a,b", "name=", "key=abcd", "key=abc", "key=ab", "mask=ff", "mask=0xff", "mask=0xg",
		"mask=", "full%", "full%%", "full", "plain", "plains", "",
	};
	substring_t args[MAX_OPT_ARGS];
	char word[32];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		int token;

		memset(args, 0, sizeof(args));
		strscpy(word, words[i], sizeof(word));
		token = match_token(word, table, args);
		if (token >= 7)
			answer("word=%zu token=%d", i, token);
		else
			answer("word=%zu token=%d first=%d+%d second=%d", i, token, (int)(args[0].from - word),
			       (int)(args[0].to - args[0].from), args[1].from ? (int)(args[1].to - args[1].from) : -1);
	}
}

CASE(numbers, "match_int match_uint match_octal match_hex match_u64")
{
	static const char *const texts[] = {
		"5", "-5", "+5", "0x1f", "017", "08", "ff", "", "x", "5x", " 5", "2147483647", "2147483648", "-2147483648", "-2147483649",
		"4294967295", "4294967296", "18446744073709551615", "18446744073709551616", "00000000000000000000005",
		"0000000000000000000000000000005",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		substring_t part = whole(texts[i]);
		int number = 77, octal = 77, hex = 77, errors[5];
		unsigned int natural = 77;
		u64 wide = 77;

		errors[0] = match_int(&part, &number);
		errors[1] = match_uint(&part, &natural);
		errors[2] = match_octal(&part, &octal);
		errors[3] = match_hex(&part, &hex);
		errors[4] = match_u64(&part, &wide);
		answer("text=%zu int=%d:%d uint=%d:%u octal=%d:%d hex=%d:%d u64=%d:%llu", i, errors[0], number, errors[1], natural,
		       errors[2], octal, errors[3], hex, errors[4], wide);
	}
}

CASE(wildcards, "match_wildcard")
{
	static const char *const pairs[][2] = {
		{ "a*c", "abbc" }, { "a*c", "ab" }, { "*", "" }, { "?", "" }, { "?", "a" }, { "a**b", "ab" }, { "*b*d", "abcbcd" },
		{ "", "" }, { "", "a" }, { "a?c*", "abc" }, { "A", "a" }, { "*a", "bab" }, { "ab*", "a" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(pairs); i++)
		answer("pair=%zu like=%d", i, match_wildcard(pairs[i][0], pairs[i][1]));
}

CASE(copies, "match_strlcpy match_strdup")
{
	char word[] = "abcdef", to[8];
	substring_t part = { .from = word + 1, .to = word + 5 };
	size_t size, length;
	char *copy = match_strdup(&part);

	answer("copy=%s", copy);
	kfree(copy);
	for (size = 0; size < 7; size++) {
		memset(to, '-', sizeof(to));
		to[7] = '\0';
		length = match_strlcpy(to, &part, size);
		answer("size=%zu length=%zu to=%s", size, length, to);
	}
}

ASK_MODULE(&case_tokens, &case_numbers, &case_wildcards, &case_copies);
