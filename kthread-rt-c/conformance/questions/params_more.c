// SPDX-License-Identifier: MIT OR Apache-2.0
/* Parameters that are texts, arrays, or checked before they are taken. */
#include "ask.h"
#include <linux/mm.h>
#include <linux/slab.h>

static char *page;

static bool begin(void)
{
	page = (char *)get_zeroed_page(GFP_KERNEL);
	return page;
}

static void end(void)
{
	free_page((unsigned long)page);
}

CASE(texts, "param_set_charp param_get_charp param_free_charp param_set_copystring param_get_string"
	    " kparam_string")
{
	char *text = NULL, buffer[6] = "";
	struct kparam_string string = { .maxlen = sizeof(buffer), .string = buffer };
	struct kernel_param param = { .name = "text", .arg = &text };
	struct kernel_param copied = { .name = "copied", .str = &string };
	int ret, length;

	if (!begin())
		return;
	ret = param_set_charp("some text", &param);
	length = param_get_charp(page, &param);
	answer("charp=%d [%s] get=%d [%s]", ret, text, length, strim(page));
	param_free_charp(&text);
	ret = param_set_copystring("12345", &copied);
	length = param_get_string(page, &copied);
	answer("copied=%d [%s] get=%d [%s]", ret, buffer, length, strim(page));
	ret = param_set_copystring("123456", &copied);
	answer("too_long=%d [%s]", ret, buffer);
	end();
}

static int numbers[4];
static unsigned int count;
static const struct kparam_array of_numbers = {
	.max = ARRAY_SIZE(numbers), .elemsize = sizeof(numbers[0]), .num = &count, .ops = &param_ops_int, .elem = numbers,
};

CASE(arrays, "param_array_ops kparam_array param_ops_int kernel_param_lock kernel_param_unlock")
{
	static const char *const texts[] = { "1,2,3", "7", "1,2,3,4", "1,2,3,4,5", "1,x", "" };
	struct kernel_param param = { .name = "numbers", .arr = &of_numbers };
	int i;

	if (!begin())
		return;
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		char text[16];
		int ret, length;

		/* It cuts the text into pieces, and wants to be the only one who changes parameters. */
		strscpy(text, texts[i], sizeof(text));
		memset(numbers, 0, sizeof(numbers));
		kernel_param_lock(NULL);
		ret = param_array_ops.set(text, &param);
		page[0] = 0;
		length = param_array_ops.get(page, &param);
		kernel_param_unlock(NULL);
		answer("set=[%s] ret=%d count=%u values=%d,%d,%d,%d get=%d [%s]", texts[i], ret, count, numbers[0], numbers[1],
		       numbers[2], numbers[3], length, strim(page));
	}
	end();
}

CASE(checked, "param_set_invbool param_get_invbool param_set_bint param_set_uint_minmax param_set_hexint param_get_hexint"
	      " param_set_bool_enable_only")
{
	bool inverted = false, once = false;
	int as_int = 9;
	unsigned int limited = 5, hex = 0;
	struct kernel_param param = { .name = "checked", .arg = &inverted };
	int ret[4];

	if (!begin())
		return;
	ret[0] = param_set_invbool("0", &param);
	ret[1] = param_get_invbool(page, &param);
	answer("invbool=%d value=%d get=%d [%s]", ret[0], inverted, ret[1], strim(page));
	param.arg = &as_int;
	ret[0] = param_set_bint("y", &param);
	answer("bint=%d value=%d", ret[0], as_int);
	param.arg = &limited;
	ret[0] = param_set_uint_minmax("3", &param, 2, 8);
	ret[1] = param_set_uint_minmax("9", &param, 2, 8);
	ret[2] = param_set_uint_minmax("1", &param, 2, 8);
	ret[3] = param_set_uint_minmax("x", &param, 2, 8);
	answer("minmax=%d over=%d under=%d none=%d value=%u", ret[0], ret[1], ret[2], ret[3], limited);
	param.arg = &hex;
	ret[0] = param_set_hexint("0xab", &param);
	ret[1] = param_get_hexint(page, &param);
	answer("hexint=%d value=%u get=%d [%s]", ret[0], hex, ret[1], strim(page));
	param.arg = &once;
	ret[0] = param_set_bool_enable_only("0", &param);
	ret[1] = param_set_bool_enable_only("1", &param);
	ret[2] = param_set_bool_enable_only("0", &param);
	answer("enable_only=%d,%d then=%d value=%d", ret[0], ret[1], ret[2], once);
	end();
}

ASK_MODULE(&case_texts, &case_arrays, &case_checked);
