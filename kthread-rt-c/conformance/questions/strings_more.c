// SPDX-License-Identifier: MIT OR Apache-2.0
/* Texts for people: sizes, escapes, bytes as hexadecimal digits, dumps. */
#include "ask.h"
#include <linux/glob.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/string_helpers.h>

CASE(sizes, "string_get_size STRING_UNITS_10 STRING_UNITS_2")
{
	static const u64 sizes[] = { 0, 1, 999, 1000, 1024, 1536, 1000000, 123456789, 1ull << 40, ULLONG_MAX };
	char ten[24], two[24];
	int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		string_get_size(sizes[i], 1, STRING_UNITS_10, ten, sizeof(ten));
		string_get_size(sizes[i], 1, STRING_UNITS_2, two, sizeof(two));
		answer("size=%llu ten=[%s] two=[%s]", sizes[i], ten, two);
	}
	string_get_size(2048, 512, STRING_UNITS_2, two, sizeof(two));
	answer("blocks=[%s]", two);
	string_get_size(1 << 20, 1, STRING_UNITS_2, two, 4);
	answer("cut=[%s]", two);
}

CASE(escape, "string_escape_mem string_escape_str ESCAPE_SPACE ESCAPE_SPECIAL ESCAPE_NULL ESCAPE_OCTAL ESCAPE_ANY ESCAPE_NP"
	     " ESCAPE_HEX")
{
	static const char from[] = "a\n\t\\\042\x01\0z";
	static const unsigned int kinds[] = { ESCAPE_SPACE, ESCAPE_SPECIAL, ESCAPE_NULL, ESCAPE_OCTAL, ESCAPE_ANY, ESCAPE_NP,
					      ESCAPE_HEX, ESCAPE_HEX | ESCAPE_NP };
	char to[64];
	int i, ret;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		ret = string_escape_mem(from, sizeof(from) - 1, to, sizeof(to), kinds[i], NULL);
		answer("kind=%d ret=%d hex=%*phN", i, ret, ret, to);
	}
	ret = string_escape_mem("abc\n", 4, to, sizeof(to), ESCAPE_ANY, "\n");
	answer("only ret=%d hex=%*phN", ret, ret, to);
	ret = string_escape_str("a\nb", to, 3, ESCAPE_SPACE, NULL);
	answer("cut ret=%d hex=%*phN", ret, 3, to);
}

CASE(unescape, "string_unescape string_unescape_inplace UNESCAPE_SPACE UNESCAPE_OCTAL UNESCAPE_HEX UNESCAPE_SPECIAL"
	       " UNESCAPE_ANY")
{
	static const unsigned int kinds[] = { UNESCAPE_SPACE, UNESCAPE_OCTAL, UNESCAPE_HEX, UNESCAPE_SPECIAL, UNESCAPE_ANY };
	char from[] = "a\\n\\101\\x42\\\\\\\042\\e\\q", to[40];
	int i, ret;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		ret = string_unescape(from, to, sizeof(to), kinds[i]);
		answer("kind=%d ret=%d hex=%*phN", i, ret, ret, to);
	}
	ret = string_unescape(from, to, 4, UNESCAPE_ANY);
	answer("cut ret=%d hex=%*phN", ret, ret, to);
	ret = string_unescape_inplace(from, UNESCAPE_SPACE | UNESCAPE_OCTAL);
	answer("inplace ret=%d text=[%s]", ret, from + 2);
}

CASE(hex, "hex_to_bin hex2bin bin2hex hex_asc_lo hex_asc_hi hex_byte_pack hex_byte_pack_upper hex_asc_upper_lo")
{
	u8 bytes[4] = { 9, 9, 9, 9 };
	char text[10] = "";
	int ret[3];

	answer("digit=%d,%d,%d,%d", hex_to_bin('7'), hex_to_bin('b'), hex_to_bin('F'), hex_to_bin('g'));
	ret[0] = hex2bin(bytes, "01aBff", 3);
	answer("hex2bin=%d bytes=%*ph", ret[0], 4, bytes);
	ret[0] = hex2bin(bytes, "12x4", 2);
	ret[1] = hex2bin(bytes, "123x", 2);
	answer("wrong=%d,%d", ret[0], ret[1]);
	*bin2hex(text, bytes, 2) = 0;
	answer("bin2hex=%s", text);
	hex_byte_pack(text, 0xa5);
	hex_byte_pack_upper(text + 2, 0xa5);
	text[4] = hex_asc_hi(0x5c);
	text[5] = hex_asc_lo(0x5c);
	text[6] = hex_asc_upper_lo(0x5c);
	text[7] = 0;
	answer("pack=%s", text);
}

CASE(dump, "hex_dump_to_buffer")
{
	static const u8 bytes[32] __aligned(8) = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 'a', 'b', 0x7f, ' ', '~', 0x80, 'y', 'z',
						   'A', 'B', 'C' };
	static const struct {
		int length, row, group;
		bool ascii;
	} asked[] = {
		{ 16, 16, 1, false }, { 16, 16, 1, true },  { 16, 16, 2, false }, { 16, 16, 4, true }, { 16, 16, 8, true },
		{ 32, 32, 1, true },  { 7, 16, 1, true },   { 7, 16, 4, false },  { 0, 16, 1, true },  { 16, 12, 1, false },
		{ 16, 16, 3, false }, { 40, 16, 1, false },
	};
	char line[140];
	int i, ret;

	for (i = 0; i < ARRAY_SIZE(asked); i++) {
		ret = hex_dump_to_buffer(bytes, asked[i].length, asked[i].row, asked[i].group, line, sizeof(line), asked[i].ascii);
		answer("length=%d row=%d group=%d ascii=%d ret=%d [%s]", asked[i].length, asked[i].row, asked[i].group,
		       asked[i].ascii, ret, line);
	}
	ret = hex_dump_to_buffer(bytes, 4, 16, 1, line, 6, false);
	answer("cut ret=%d [%s]", ret, line);
	ret = hex_dump_to_buffer(bytes, 4, 16, 1, line, 0, true);
	answer("size_0 ret=%d", ret);
}

CASE(weight, "memweight")
{
	static const u8 bytes[] = { 0xff, 1, 0, 0x81, 0x10, 0xff, 0, 0, 0, 3, 1 };

	answer("all=%zu part=%zu none=%zu", memweight(bytes, sizeof(bytes)), memweight(bytes + 1, 4), memweight(bytes, 0));
}

CASE(buffer, "memory_read_from_buffer")
{
	char to[8] = "";
	loff_t pos = 1;
	long first = memory_read_from_buffer(to, 3, &pos, "hello", 5), second, third;
	loff_t after = pos;

	second = memory_read_from_buffer(to + 3, 5, &pos, "hello", 5);
	third = memory_read_from_buffer(to, 5, &pos, "hello", 5);
	answer("first=%ld pos=%lld second=%ld third=%ld pos=%lld text=%s", first, after, second, third, pos, to);
	pos = -1;
	answer("negative=%ld", (long)memory_read_from_buffer(to, 3, &pos, "hello", 5));
}

CASE(glob, "glob_match")
{
	answer("plain=%d,%d star=%d,%d,%d one=%d,%d", glob_match("abc", "abc"), glob_match("abc", "abcd"),
	       glob_match("a*c", "abbbc"), glob_match("*", ""), glob_match("a*d", "abbbc"), glob_match("a?c", "abc"),
	       glob_match("a?c", "ac"));
	answer("set=%d,%d,%d escaped=%d,%d", glob_match("[a-c]x", "bx"), glob_match("[!a-c]x", "bx"), glob_match("[]]", "]"),
	       glob_match("\\*", "*"), glob_match("\\*", "a"));
}

ASK_MODULE(&case_sizes, &case_escape, &case_unescape, &case_hex, &case_dump, &case_weight, &case_buffer, &case_glob);
