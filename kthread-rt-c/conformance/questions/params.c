// SPDX-License-Identifier: MIT OR Apache-2.0
/* Parameters of modules, by the functions that read and write them: what is taken, which error, what is shown. */
#include "ask.h"
#include <linux/mm.h>
#include <linux/slab.h>

/* Sets a parameter of some kind to each text, and shows it again. */
#define ASK_KIND(kind, type, format, set, get, ...) \
	do { \
		static const char *const texts[] = { __VA_ARGS__ }; \
		type value = 0; \
		struct kernel_param param = { .name = #kind, .arg = &value }; \
		char *page = (char *)get_zeroed_page(GFP_KERNEL); \
		int i; \
		for (i = 0; page && i < ARRAY_SIZE(texts); i++) { \
			int ret, length; \
			value = 1; \
			ret = set(texts[i], &param); \
			page[0] = 0; \
			length = get(page, &param); \
			answer(#kind "=[%s] ret=%d value=" format " get=%d [%s]", texts[i], ret, value, length, strim(page)); \
		} \
		free_page((unsigned long)page); \
	} while (0)

CASE(numbers, "param_set_byte param_get_byte param_set_short param_get_short param_set_ushort param_get_ushort param_set_int"
	      " param_get_int param_set_uint param_get_uint param_set_long param_get_long param_set_ulong param_get_ulong"
	      " param_set_ullong param_get_ullong kernel_param")
{
	ASK_KIND(byte, unsigned char, "%u", param_set_byte, param_get_byte, "255", "256", "-1");
	ASK_KIND(short, short, "%d", param_set_short, param_get_short, "-32768", "32768");
	ASK_KIND(ushort, unsigned short, "%u", param_set_ushort, param_get_ushort, "65535", "-1");
	ASK_KIND(int, int, "%d", param_set_int, param_get_int, "42", "0x10", "-5", "010", "", "x", "5 ", "2147483648");
	ASK_KIND(uint, unsigned int, "%u", param_set_uint, param_get_uint, "4294967295", "4294967296", "-1");
	ASK_KIND(long, long, "%ld", param_set_long, param_get_long, "-9223372036854775808", "9223372036854775808");
	ASK_KIND(ulong, unsigned long, "%lu", param_set_ulong, param_get_ulong, "18446744073709551615", "18446744073709551616");
	ASK_KIND(ullong, unsigned long long, "%llu", param_set_ullong, param_get_ullong, "0xffffffffffffffff", "-1");
}

CASE(bools, "param_set_bool param_get_bool")
{
	bool value = false;
	struct kernel_param param = { .name = "null", .arg = &value };
	int ret;

	ASK_KIND(bool, bool, "%d", param_set_bool, param_get_bool, "1", "0", "y", "N", "on", "off", "", "x");
	ret = param_set_bool(NULL, &param);
	answer("null ret=%d value=%d", ret, value);
}

CASE(operations, "param_ops_int param_ops_bool kernel_param_ops.set kernel_param_ops.get")
{
	answer("int set=%d get=%d", param_ops_int.set == param_set_int, param_ops_int.get == param_get_int);
	answer("bool set=%d get=%d free=%d", param_ops_bool.set == param_set_bool, param_ops_bool.get == param_get_bool,
	       param_ops_bool.free != NULL);
}

ASK_MODULE(&case_numbers, &case_bools, &case_operations);
