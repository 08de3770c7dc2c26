// SPDX-License-Identifier: MIT OR Apache-2.0
/* Text: the kernel's string functions, numbers from text, formats. Each line is what a kernel would print. */
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#define KSTR(function, type, format, text, base) \
	do { \
		type number = 0; \
		int error = function(text, base, &number); \
		pr_info(#function " %s: %d " format "\n", #text, error, number); \
	} while (0)

static void numbers(void)
{
	char *end;
	bool yes = false;

	KSTR(kstrtoint, int, "%d", "42", 10);
	KSTR(kstrtoint, int, "%d", "f", 36);
	KSTR(kstrtoint, int, "%d", "z", 36);
	KSTR(kstrtoint, int, "%d", "-42\n", 0);
	KSTR(kstrtoint, int, "%d", "+7", 0);
	KSTR(kstrtoint, int, "%d", "0x1F", 0);
	KSTR(kstrtoint, int, "%d", "017", 0);
	KSTR(kstrtoint, int, "%d", "0x", 0);
	KSTR(kstrtoint, int, "%d", "", 0);
	KSTR(kstrtoint, int, "%d", " 1", 0);
	KSTR(kstrtoint, int, "%d", "1 ", 0);
	KSTR(kstrtoint, int, "%d", "1\n\n", 0);
	KSTR(kstrtoint, int, "%d", "2147483648", 0);
	KSTR(kstrtoint, int, "%d", "-2147483648", 0);
	KSTR(kstrtouint, unsigned int, "%u", "-1", 0);
	KSTR(kstrtouint, unsigned int, "%u", "4294967296", 0);
	KSTR(kstrtou8, u8, "%u", "256", 0);
	KSTR(kstrtos8, s8, "%d", "-128", 0);
	KSTR(kstrtol, long, "%ld", "-9223372036854775808", 0);
	KSTR(kstrtoll, long long, "%lld", "9223372036854775808", 0);
	KSTR(kstrtoull, unsigned long long, "%llu", "18446744073709551616x", 0);
	KSTR(kstrtoul, unsigned long, "%lx", "ff", 16);
	pr_info("kstrtobool: %d", kstrtobool("on", &yes));
	pr_cont(" %d %d\n", yes, kstrtobool("maybe", &yes));
	pr_info("simple_strtoul: %lu", simple_strtoul("12ab", &end, 10));
	pr_cont(" rest %s; %ld; memparse %llu\n", end, simple_strtol("-0x10", NULL, 0), memparse("4K", NULL));
}

static void strings(void)
{
	char small[4], text[32] = "  spaces \n", *rest = text, *copy;
	static const char *const words[] = { "one", "two", NULL };

	pr_info("strscpy: %zd", strscpy(small, "abc", sizeof(small)));
	pr_cont(" %zd %s %zd\n", strscpy(small, "abcd", sizeof(small)), small, strscpy(small, "x", 0));
	pr_info("strlcpy: %zu", strlcpy(small, "abcdef", sizeof(small)));
	pr_cont(" %s; strlcat: %zu\n", small, strlcat(small, "zz", sizeof(small)));
	pr_info("strim: [%s]\n", strim(text));
	strcpy(text, "a,b,,c");
	while ((copy = strsep(&rest, ",")))
		pr_cont("[%s]", copy);
	pr_cont("\n");
	pr_info("sysfs_streq: %d %d %d\n", sysfs_streq("on", "on\n"), sysfs_streq("on\n", "on"), sysfs_streq("on", "o"));
	pr_info("match_string: %d %d\n", match_string(words, 8, "two"), match_string(words, 8, "three"));
	pr_info("str_has_prefix: %zu %zu\n", str_has_prefix("prefix", "pre"), str_has_prefix("prefix", "fix"));
	pr_info("strnstr: %d %d\n", strnstr("haystack", "stack", 8) != NULL, strnstr("haystack", "stack", 7) != NULL);
	pr_info("Latin-1: %d %d %d %d %x %x\n", !!isalpha(0xe9), !!isalpha(0xd7), !!isprint(0x9f), !!ispunct(0xa1),
		toupper(0xe9), tolower(0xc9));
	copy = kasprintf(GFP_KERNEL, "%s-%03d", "made", 5);
	pr_info("kasprintf: %s, %zu bytes\n", copy, ksize(copy));
	kfree(copy);
	copy = kstrndup("abcdef", 3, GFP_KERNEL);
	pr_info("kstrndup: %s; kstrdup of NULL: %d\n", copy, !kstrdup(NULL, GFP_KERNEL));
	kfree(copy);
	pr_info("strndup_user: %ld %ld\n", PTR_ERR(strndup_user("too long", 3)), PTR_ERR(strndup_user(NULL, 3)));
	pr_info("scnprintf: %d", scnprintf(small, sizeof(small), "%d", 12345));
	pr_cont(" %s; snprintf: %d\n", small, snprintf(small, sizeof(small), "%d", 12345));
}

static void scans(void)
{
	int a = 0, b = 0, n = 0;
	unsigned int x = 0;
	char word[8] = "", c = 0;
	u8 byte = 0;
	long long big = 0;

	pr_info("sscanf: %d", sscanf("12 -34 rest", "%d %d %7s", &a, &b, word));
	pr_cont(" %d %d %s\n", a, b, word);
	pr_info("sscanf: %d", sscanf("0x1f:077,q", "%i:%o,%c%n", &a, &x, &c, &n));
	pr_cont(" %d %u %c %d\n", a, x, c, n);
	pr_info("sscanf: %d", sscanf("ff300", "%2hhx%lld", &byte, &big));
	pr_cont(" %u %lld\n", byte, big);
	pr_info("sscanf: %d", sscanf("abc123 +5 6", "%7[abc]%*2d %*s %d", word, &a));
	pr_cont(" %s %d\n", word, a);
	pr_info("sscanf: %d", sscanf("a-b", "%7[a-c]", word));
	pr_cont(" %s\n", word);
	/* A prefix that is all of its field is a 0. */
	pr_info("sscanf: %d", sscanf("0xA7", "%2x%x", &x, (unsigned int *)&a));
	pr_cont(" %u %d\n", x, a);
	pr_info("sscanf: %d", sscanf("0x67", "%2i%i", &a, &b));
	pr_cont(" %d %d\n", a, b);
	pr_info("sscanf: %d %d %d\n", sscanf("x", "%d", &a), sscanf("", "%d", &a), sscanf("5", "%d,%d", &a, &b));
}

static int __init text_init(void)
{
	numbers();
	strings();
	scans();
	return 0;
}

static void __exit text_exit(void)
{
}

module_init(text_init);
module_exit(text_exit);
MODULE_LICENSE("Dual MIT/GPL");
