// SPDX-License-Identifier: MIT OR Apache-2.0
/* Functions of strings and of bytes, on random ones. */
#include "random.h"
#include <linux/ctype.h>
#include <linux/glob.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/string_helpers.h>

static char a[32], b[32], into[64];

static int at(const char *found, const char *in)
{
	return found ? (int)(found - in) : -1;
}

static int sign(int value)
{
	return (value > 0) - (value < 0);
}

CASE(found, "strchr strrchr strnchr strstr strnstr strpbrk strspn strcspn strchrnul memchr_inv")
{
	unsigned int round;

	for (round = 0; round < 40; round++) {
		char c;
		u32 n;

		random_begin(round);
		random_text(a, sizeof(a), "abc");
		random_text(b, 4, "abcd");
		c = random_of('a', 'b', 'c', 'd', '\0');
		n = random_below(sizeof(a));
		answer("%u a=[%s] b=[%s] c=%d n=%u chr=%d rchr=%d nchr=%d str=%d nstr=%d pbrk=%d spn=%zu cspn=%zu nul=%d inv=%d", round,
		       a, b, c, n, at(strchr(a, c), a), at(strrchr(a, c), a), at(strnchr(a, n, c), a), at(strstr(a, b), a),
		       at(strnstr(a, b, n), a), at(strpbrk(a, b), a), strspn(a, b), strcspn(a, b), at(strchrnul(a, c), a),
		       at(memchr_inv(a, c, strlen(a)), a));
	}
}

CASE(compared, "strcmp strncmp strcasecmp strncasecmp sysfs_streq strnlen")
{
	unsigned int round;

	for (round = 0; round < 40; round++) {
		u32 n;

		random_begin(round);
		random_text(a, 5, random_of("aA\n", "ab", "aB\x80"));
		random_text(b, 5, random_of("aA\n", "ab", "Ab\x7f"));
		n = random_below(5);
		answer("%u a=" SHOWN " b=" SHOWN " n=%u cmp=%d ncmp=%d case=%d ncase=%d sysfs=%d nlen=%zu", round, RANDOM_SHOWN(a),
		       RANDOM_SHOWN(b), n, sign(strcmp(a, b)), sign(strncmp(a, b, n)), sign(strcasecmp(a, b)),
		       sign(strncasecmp(a, b, n)), sysfs_streq(a, b), strnlen(a, n));
	}
}

CASE(copied, "strscpy strscpy_pad strncpy strlcat")
{
	unsigned int round;

	for (round = 0; round < 30; round++) {
		ssize_t copied, padded;
		size_t appended;
		u32 n;

		random_begin(round);
		random_text(a, sizeof(a), "abcdef");
		n = random_of(0U, 1U, 2U, 5U, 31U, 32U);
		memset(into, '#', sizeof(into));
		copied = strscpy(into, a, n);
		into[40] = '\0';
		answer("%u a=[%s] n=%u strscpy=%zd is=%.6s", round, a, n, copied, into);
		memset(into, '#', sizeof(into));
		padded = strscpy_pad(into, a, n);
		answer("%u pad=%zd is=%*phN", round, padded, 40, into);
		strcpy(into, "ab");
		appended = strlcat(into, a, 3 + n);
		answer("%u strlcat=%zu is=[%s]", round, appended, into);
		memset(into, '#', sizeof(into));
		strncpy(into, a, n);
		answer("%u strncpy=%*phN", round, 34, into);
	}
}

CASE(parted, "strsep strim skip_spaces")
{
	unsigned int round;

	for (round = 0; round < 30; round++) {
		char *rest = into, *part, *trimmed;
		const char *delimiters;

		random_begin(round);
		random_text(a, sizeof(a), random_of("a,b;", " a\t\n", ",;"));
		delimiters = random_of(",", ",;", "", " \t");
		strcpy(into, a);
		answer("%u text=" SHOWN " by=" SHOWN " skipped=%d", round, RANDOM_SHOWN(a), RANDOM_SHOWN(delimiters),
		       (int)(skip_spaces(a) - a));
		while ((part = strsep(&rest, delimiters)))
			answer("%u part=" SHOWN, round, RANDOM_SHOWN(part));
		trimmed = strim(a);
		answer("%u trimmed=" SHOWN, round, RANDOM_SHOWN(trimmed));
	}
}

CASE(escaped, "string_unescape string_escape_mem")
{
	unsigned int round;

	for (round = 0; round < 50; round++) {
		unsigned int flags;
		int length, count;
		const char *only;

		random_begin(round);
		random_text(a, 20, random_of("ab\\nx012", "\\\\xef01", "\\neartf\"", "a\n\t\x01\xff\x7f\"\\ "));
		flags = random_of(UNESCAPE_SPACE, UNESCAPE_OCTAL, UNESCAPE_HEX, UNESCAPE_SPECIAL, UNESCAPE_ANY);
		count = string_unescape(a, into, random_of(0, 3, 40), flags);
		length = strlen(into);
		answer("%u a=%*phN flags=%#x unescape=%d is=%*phN", round, (int)strlen(a), a, flags, count, length, into);
		memset(into, '#', sizeof(into));
		flags = random_of(ESCAPE_SPACE, ESCAPE_SPECIAL, ESCAPE_NULL, ESCAPE_OCTAL, ESCAPE_HEX, ESCAPE_ANY, ESCAPE_ANY_NP,
				  ESCAPE_NP | ESCAPE_HEX, ESCAPE_NAP | ESCAPE_OCTAL, ESCAPE_APPEND | ESCAPE_HEX, ESCAPE_NA | ESCAPE_HEX);
		only = random_of("", "a", "\n\t", "\\");
		count = string_escape_mem(a, strlen(a), into, random_of(60, 6, 0), flags, *only ? only : NULL);
		answer("%u flags=%#x only=" SHOWN " escape=%d is=%.60s", round, flags, RANDOM_SHOWN(only), count, into);
	}
}

CASE(sizes, "string_get_size")
{
	unsigned int round;

	for (round = 0; round < 40; round++) {
		u64 size, block;

		random_begin(round);
		size = random_sized();
		block = random_of(0ULL, 1ULL, 512ULL, 4096ULL, 1000ULL, 3ULL);
		string_get_size(size, block, STRING_UNITS_10, into, 20);
		string_get_size(size, block, STRING_UNITS_2, b, 20);
		answer("%u size=%llu block=%llu 10=[%s] 2=[%s]", round, size, block, into, b);
	}
}

CASE(globs, "glob_match")
{
	unsigned int round;

	for (round = 0; round < 60; round++) {
		random_begin(round);
		random_text(a, 8, random_of("ab*?", "a[b-d]!*", "a\\*?b", "ab"));
		random_text(b, 8, random_of("ab", "abcd", "a*?"));
		answer("%u pattern=[%s] text=[%s] match=%d", round, a, b, glob_match(a, b));
	}
}

CASE(hexadecimal, "hex2bin hex_to_bin")
{
	unsigned int round;

	for (round = 0; round < 20; round++) {
		int ret;

		random_begin(round);
		random_text(a, 20, random_of("0123456789abcdefABCDEF", "01efg"));
		strcat(a, "0000000000");
		memset(into, 0, sizeof(into));
		ret = hex2bin(into, a, 8);
		answer("%u a=[%s] ret=%d is=%*phN first=%d", round, a, ret, 8, into, hex_to_bin(a[0]));
	}
}

ASK_MODULE(&case_found, &case_compared, &case_copied, &case_parted, &case_escaped, &case_sizes, &case_globs, &case_hexadecimal);
