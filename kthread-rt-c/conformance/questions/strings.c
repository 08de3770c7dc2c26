// SPDX-License-Identifier: MIT OR Apache-2.0
/* Texts: copying with an end, comparing, searching, cutting. */
#include "ask.h"
#include <linux/ctype.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/string_helpers.h>

/* Nothing here is known when it is compiled, so the functions themselves are asked. */
static const char *volatile hello = "hello world";
static const char *volatile none = "";

static int at(const char *in, const void *found)
{
	return found ? (int)((const char *)found - in) : -1;
}

CASE(copy, "strscpy strscpy_pad strlcat strncpy strcpy strcat strncat")
{
	char text[16];
	long ret;

	memset(text, 'x', sizeof(text));
	ret = strscpy(text, hello, sizeof(text));
	answer("strscpy=%ld [%s]", ret, text);
	ret = strscpy(text, hello, (size_t)6);
	answer("cut=%ld [%s]", ret, text);
	ret = strscpy(text, none, sizeof(text));
	answer("empty=%ld [%s]", ret, text);
	memset(text, 'x', sizeof(text));
	ret = strscpy(text, hello, (size_t)1);
	answer("size_1=%ld [%s] untouched=%c", ret, text, text[1]);
	ret = strscpy(text + 1, hello, (size_t)(none[0]));
	answer("size_0=%ld untouched=%c", ret, text[1]);
	memset(text, 'x', sizeof(text));
	ret = strscpy_pad(text, "abc", sizeof(text));
	answer("pad=%ld [%s] behind=%d", ret, text, !memchr_inv(text + 3, 0, sizeof(text) - 3));
	memset(text, 'x', sizeof(text));
	strncpy(text, "abc", sizeof(text));
	answer("strncpy=[%s] behind=%d", text, !memchr_inv(text + 3, 0, sizeof(text) - 3));
	strcpy(text, "abc");
	ret = strlcat(text, "defgh", sizeof(text));
	answer("strlcat=%ld [%s]", ret, text);
	ret = strlcat(text, "0123456789", sizeof(text));
	answer("strlcat_cut=%ld [%s]", ret, text);
	strcpy(text, "ab");
	strcat(text, "cd");
	strncat(text, "efgh", 2);
	answer("strcat=[%s]", text);
}

CASE(strlcpy, "strlcpy")
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
	char text[8] = "";
	size_t fits = strlcpy(text, "abc", sizeof(text)), cut;

	answer("fits=%zu [%s]", fits, text);
	cut = strlcpy(text, hello, sizeof(text));
	answer("cut=%zu [%s]", cut, text);
#endif
}

CASE(compare, "strcmp strncmp strcasecmp strncasecmp memcmp strstarts str_has_prefix sysfs_streq")
{
	const char *volatile upper = "HELLO WORLD", *volatile line = "hello world\n";

	answer("cmp=%d,%d,%d n=%d,%d", strcmp(hello, "hello world"), strcmp(hello, "hello") > 0, strcmp(hello, "help") < 0,
	       strncmp(hello, "help", 3), strncmp(hello, "help", 4) < 0);
	answer("case=%d,%d n=%d,%d", strcasecmp(hello, upper), strcasecmp(hello, "hellp") < 0, strncasecmp(hello, "HELLX", 4),
	       strncasecmp(hello, "HELLX", 5) < 0);
	answer("starts=%d,%d prefix=%zu,%zu", strstarts(hello, "hell"), strstarts(hello, "world"),
	       str_has_prefix(hello, "hell"), str_has_prefix(hello, "world"));
	answer("streq=%d,%d,%d,%d,%d", sysfs_streq(hello, line), sysfs_streq(line, hello), sysfs_streq(line, line),
	       sysfs_streq(hello, "hello"), sysfs_streq("\n", none));
	answer("mem=%d,%d", memcmp(hello, "hello!", 5), memcmp(hello, "hello!", 6) != 0);
}

CASE(search, "strchr strrchr strchrnul strnchr strstr strnstr strpbrk strspn strcspn strlen strnlen memchr memscan"
	     " memchr_inv")
{
	static const char bytes[] = "aaaab\0c";
	char text[] = "some:text";

	answer("chr=%d,%d,%d rchr=%d,%d chrnul=%d,%d", at(hello, strchr(hello, 'o')), at(hello, strchr(hello, 'z')),
	       at(hello, strchr(hello, 0)), at(hello, strrchr(hello, 'o')), at(hello, strrchr(hello, 'z')),
	       at(hello, strchrnul(hello, 'w')), at(hello, strchrnul(hello, 'z')));
	answer("nchr=%d,%d,%d", at(hello, strnchr(hello, 5, 'o')), at(hello, strnchr(hello, 4, 'o')),
	       at(hello, strnchr(hello, 50, 'z')));
	answer("str=%d,%d,%d nstr=%d,%d,%d,%d", at(hello, strstr(hello, "o w")), at(hello, strstr(hello, "ow")),
	       at(hello, strstr(hello, none)), at(hello, strnstr(hello, "lo", 5)), at(hello, strnstr(hello, "lo", 4)),
	       at(hello, strnstr(hello, none, 3)), at(hello, strnstr(hello, "world", 11)));
	answer("pbrk=%d,%d spn=%zu,%zu cspn=%zu,%zu", at(hello, strpbrk(hello, "xyzw")), at(hello, strpbrk(hello, "xyz")),
	       strspn(hello, "ehl"), strspn(hello, "x"), strcspn(hello, " "), strcspn(hello, "x"));
	answer("len=%zu nlen=%zu,%zu", strlen(hello), strnlen(hello, 4), strnlen(hello, 40));
	answer("memchr=%d,%d inv=%d,%d scan=%d,%d", at(bytes, memchr(bytes, 'b', 8)), at(bytes, memchr(bytes, 'b', 4)),
	       at(bytes, memchr_inv(bytes, 'a', 8)), at(bytes, memchr_inv(bytes, 'a', 4)),
	       at(text, memscan(text, ':', sizeof(text))), at(text, memscan(text, '!', sizeof(text))));
}

CASE(change, "strim strstrip skip_spaces strsep strreplace kbasename string_upper string_lower")
{
	char text[] = " \t two words \n", all[] = "   ", path[] = "a,,b:c", upper[8], lower[8];
	char *rest = path, *word, words[40] = "";
	int length = 0;

	answer("skip=[%s]", skip_spaces("  x "));
	word = strim(text);
	answer("strim=[%s] all=[%s]", word, strstrip(all));
	while ((word = strsep(&rest, ",:")))
		length += snprintf(words + length, sizeof(words) - length, "%s;", word);
	answer("strsep=%s rest_is_null=%d", words, !rest);
	rest = NULL;
	answer("strsep_of_null=%d", !strsep(&rest, ","));
	strcpy(text, "a-b-c");
	strreplace(text, '-', '_');
	answer("replaced=%s", text);
	answer("base=%s,%s,[%s]", kbasename("/a/b/c"), kbasename("plain"), kbasename("dir/"));
	string_upper(upper, "aB1z");
	string_lower(lower, "aB1Z");
	answer("upper=%s lower=%s", upper, lower);
}

CASE(choose, "match_string __sysfs_match_string sysfs_match_string")
{
	static const char *const words[] = { "zero", "one", NULL, "three" };
	static const char *const all[] = { "a", "b", "c" };

	answer("match=%d,%d,%d", match_string(words, ARRAY_SIZE(words), "one"), match_string(words, ARRAY_SIZE(words), "three"),
	       match_string(words, 1, "one"));
	answer("null_ends=%d newline=%d", match_string(words, -1, "three"), match_string(all, 3, "b\n"));
	answer("sysfs=%d,%d,%d", sysfs_match_string(all, "c\n"), sysfs_match_string(all, "x"),
	       __sysfs_match_string(all, 2, "c"));
}

CASE(own, "kstrdup kstrndup kmemdup kmemdup_nul kstrdup_const kfree_const")
{
	char *texts[4];

	texts[0] = kstrdup(hello, GFP_KERNEL);
	texts[1] = kstrndup(hello, 5, GFP_KERNEL);
	texts[2] = kmemdup_nul(hello, 7, GFP_KERNEL);
	texts[3] = kmemdup(hello, 12, GFP_KERNEL);
	answer("[%s][%s][%s][%s]", texts[0], texts[1], texts[2], texts[3]);
	answer("of_null=%d,%d,%d", !kstrdup(NULL, GFP_KERNEL), !kstrndup(NULL, 3, GFP_KERNEL),
	       !kmemdup_nul(NULL, 3, GFP_KERNEL));
	kfree(texts[0]);
	kfree(texts[1]);
	kfree(texts[2]);
	kfree(texts[3]);
	texts[0] = (char *)kstrdup_const(hello, GFP_KERNEL);
	answer("const=[%s]", texts[0]);
	kfree_const(texts[0]);
}

CASE(fill, "memset16 memset32 memset64 memzero_explicit memcpy_and_pad memmove")
{
	u16 half[4] = {};
	u32 words[2] = {};
	u64 longs[2] = {};
	u8 bytes[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };

	memset16(half, 0x1234, 3);
	memset32(words, 0x12345678, 2);
	memset64(longs, 0x123456789abcdef0ull, 1);
	answer("half=%x,%x words=%x,%x longs=%llx,%llx", half[2], half[3], words[0], words[1], longs[0], longs[1]);
	memmove(bytes + 2, bytes, 5);
	answer("move=%*ph", 8, bytes);
	memcpy_and_pad(bytes, sizeof(bytes), "abc", 3, 0x2e);
	answer("padded=%*ph", 8, bytes);
	memzero_explicit(bytes, 4);
	answer("zeroed=%*ph", 8, bytes);
}

CASE(characters, "isalnum isalpha iscntrl isdigit isgraph islower isprint ispunct isspace isupper isxdigit isascii toascii"
		 " tolower toupper")
{
	int counts[11] = {}, c, changed = 0;

	for (c = 0; c < 256; c++) {
		counts[0] += !!isalnum(c);
		counts[1] += !!isalpha(c);
		counts[2] += !!iscntrl(c);
		counts[3] += !!isdigit(c);
		counts[4] += !!isgraph(c);
		counts[5] += !!islower(c);
		counts[6] += !!isprint(c);
		counts[7] += !!ispunct(c);
		counts[8] += !!isspace(c);
		counts[9] += !!isupper(c);
		counts[10] += !!isxdigit(c);
		changed += tolower(c) != c;
		changed += (toupper(c) != c) * 1000;
	}
	answer("alnum=%d alpha=%d cntrl=%d digit=%d graph=%d lower=%d print=%d punct=%d space=%d upper=%d xdigit=%d", counts[0],
	       counts[1], counts[2], counts[3], counts[4], counts[5], counts[6], counts[7], counts[8], counts[9], counts[10]);
	answer("changed=%d latin=%x,%x ascii=%d,%d to=%x", changed, toupper(0xe9), tolower(0xc9), isascii(0x7f), isascii(0x80),
	       toascii(0xe9));
}

CASE(words, "str_yes_no str_on_off str_enable_disable str_enabled_disabled")
{
	answer("yes=%s no=%s on=%s off=%s", str_yes_no(true), str_yes_no(false), str_on_off(true), str_on_off(false));
	answer("enable=%s disable=%s enabled=%s disabled=%s", str_enable_disable(true), str_enable_disable(false),
	       str_enabled_disabled(true), str_enabled_disabled(false));
}

CASE(new_words, "str_true_false str_plural str_read_write")
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
	answer("true=%s false=%s plural=[%s][%s][%s] read=%s write=%s", str_true_false(true), str_true_false(false),
	       str_plural(0), str_plural(1), str_plural(2), str_read_write(true), str_read_write(false));
#endif
}

ASK_MODULE(&case_copy, &case_strlcpy, &case_compare, &case_search, &case_change, &case_choose, &case_own, &case_fill,
	   &case_characters, &case_words, &case_new_words);
