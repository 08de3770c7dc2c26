// SPDX-License-Identifier: MIT OR Apache-2.0
/* sscanf: what each conversion takes, how many are counted, and where it stops. */
#include "ask.h"
#include <linux/kernel.h>

#pragma GCC diagnostic ignored "-Wformat"

CASE(integers, "sscanf")
{
	int a = -1, b = -1, c = -1, ret;
	unsigned int u = 1, v = 1;

	ret = sscanf("12 -34 56", "%d %d %d", &a, &b, &c);
	answer("d ret=%d values=%d,%d,%d", ret, a, b, c);
	ret = sscanf("0x1f 017 9", "%i %i %i", &a, &b, &c);
	answer("i ret=%d values=%d,%d,%d", ret, a, b, c);
	ret = sscanf("1f 0x2F", "%x %X", &u, &v);
	answer("x ret=%d values=%x,%x", ret, u, v);
	ret = sscanf("17 9", "%o %u", &u, &v);
	answer("o_u ret=%d values=%u,%u", ret, u, v);
	a = b = -1;
	ret = sscanf("+5", "%d", &a);
	answer("plus ret=%d value=%d", ret, a);
	u = 1;
	ret = sscanf("-5", "%u", &u);
	answer("minus_of_u ret=%d value=%u", ret, u);
	ret = sscanf("  7", "%d", &a);
	answer("space_before ret=%d value=%d", ret, a);
	ret = sscanf("99999999999", "%d", &a);
	answer("too_large ret=%d value=%d", ret, a);
	ret = sscanf("8", "%o", &u);
	answer("no_octal ret=%d", ret);
	ret = sscanf("0x", "%x", &u);
	answer("0x ret=%d value=%x", ret, u);
	ret = sscanf("- 5", "%d", &a);
	answer("minus_alone ret=%d", ret);
}

CASE(widths, "sscanf")
{
	int a = -1, b = -1, c = -1, ret;
	char text[8] = "", other[8] = "";

	ret = sscanf("123456", "%2d%3d%d", &a, &b, &c);
	answer("d ret=%d values=%d,%d,%d", ret, a, b, c);
	ret = sscanf("-123", "%2d%d", &a, &b);
	answer("minus ret=%d values=%d,%d", ret, a, b);
	ret = sscanf("0x1f2", "%4x%x", &a, &b);
	answer("x ret=%d values=%x,%x", ret, a, b);
	ret = sscanf("abcdef", "%3s%s", text, other);
	answer("s ret=%d texts=[%s][%s]", ret, text, other);
	memset(text, 0, sizeof(text));
	ret = sscanf("abcdef", "%3c%c", text, other);
	answer("c ret=%d texts=[%s][%c]", ret, text, other[0]);
	a = -1;
	ret = sscanf("123", "%0d", &a);
	answer("width_0 ret=%d", ret);
}

CASE(sizes, "sscanf")
{
	signed char hh = 0;
	short h = 0;
	long l = 0;
	long long ll = 0;
	size_t z = 0;
	unsigned char uhh = 0;
	int ret;

	ret = sscanf("-3 -300 -5000000000 -9000000000000000000", "%hhd %hd %ld %lld", &hh, &h, &l, &ll);
	answer("ret=%d values=%d,%d,%ld,%lld", ret, hh, h, l, ll);
	ret = sscanf("300 77 ffffffffffffffff", "%hhu %zu %Lx", &uhh, &z, &ll);
	answer("ret=%d values=%u,%zu,%llx", ret, uhh, z, ll);
}

CASE(texts, "sscanf")
{
	char a[16] = "", b[16] = "", c = 0;
	int ret, n = -1, m = -1;

	ret = sscanf("  one two", "%s %s", a, b);
	answer("s ret=%d texts=[%s][%s]", ret, a, b);
	ret = sscanf(" x", "%c", &c);
	answer("c ret=%d value=[%c]", ret, c);
	ret = sscanf("key=value", "%[a-z]=%s", a, b);
	answer("set_without_width ret=%d", ret);
	ret = sscanf("key=value", "%15[a-z]=%15s", a, b);
	answer("set ret=%d texts=[%s][%s]", ret, a, b);
	ret = sscanf("12,ab]c", "%15[^,],%15[]ab]", a, b);
	answer("inverted ret=%d texts=[%s][%s]", ret, a, b);
	ret = sscanf("cab9", "%15[abc]%15s", a, b);
	answer("listed ret=%d texts=[%s][%s]", ret, a, b);
	ret = sscanf("a-zb", "%15[a-z]%15s", a, b);
	answer("dash ret=%d texts=[%s][%s]", ret, a, b);
	ret = sscanf("key=value", "%3[^=]=%15s", a, b);
	answer("width ret=%d texts=[%s][%s]", ret, a, b);
	ret = sscanf("abc", "%15[abc", a);
	answer("no_end ret=%d", ret);
	ret = sscanf("ABC", "%15[a-z]", a);
	answer("no_match ret=%d", ret);
	ret = sscanf("12 abc", "%d%n %s%n", &m, &n, a, &m);
	answer("n ret=%d n=%d m=%d", ret, n, m);
	ret = sscanf("5 6 7", "%*d %d", &n);
	answer("skipped ret=%d value=%d", ret, n);
	ret = sscanf("abc:def 9", "%*s %d", &n);
	answer("skipped_text ret=%d value=%d", ret, n);
}

CASE(literals, "sscanf")
{
	int a = -1, b = -1, ret;

	ret = sscanf("3:4", "%d:%d", &a, &b);
	answer("colon ret=%d values=%d,%d", ret, a, b);
	a = b = -1;
	ret = sscanf("3;4", "%d:%d", &a, &b);
	answer("other ret=%d values=%d,%d", ret, a, b);
	ret = sscanf("x5", "x%d", &a);
	answer("before ret=%d value=%d", ret, a);
	ret = sscanf("50%", "%d%%", &a);
	answer("percent ret=%d value=%d", ret, a);
	ret = sscanf("", "%d", &a);
	answer("empty ret=%d", ret);
	ret = sscanf("   ", "%d", &a);
	answer("spaces ret=%d", ret);
	ret = sscanf("1 \t\n 2", "%d %d", &a, &b);
	answer("any_space ret=%d values=%d,%d", ret, a, b);
	ret = sscanf("7", "%d %d", &a, &b);
	answer("too_few ret=%d", ret);
	ret = sscanf("1.5", "%f", &a);
	answer("float ret=%d", ret);
}

ASK_MODULE(&case_integers, &case_widths, &case_sizes, &case_texts, &case_literals);
