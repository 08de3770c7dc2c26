// SPDX-License-Identifier: MIT OR Apache-2.0
/* Parameters of all kinds, and what the kernel's own operations for them say. */
#include <linux/module.h>
#include <linux/moduleparam.h>

static int number = 1, numbers[4] = { 1, 2, 3, 4 };
static unsigned int count, limited = 5, hex = 0xa, port = 1;
static bool yes, no_more = true;
static bool not_no;
static int bit;
static char *word = "before", buffer[8] = "buf";
static unsigned long long wide;

static int set_limited(const char *val, const struct kernel_param *kp)
{
	return param_set_uint_minmax(val, kp, 3, 9);
}

static const struct kernel_param_ops limited_ops = { .set = set_limited, .get = param_get_uint };

/* A kind of the module's own. */
static int param_set_twice(const char *val, const struct kernel_param *kp)
{
	int ret = param_set_int(val, kp);

	*(int *)kp->arg *= 2;
	return ret;
}
#define param_get_twice param_get_int
#define param_check_twice(name, p) __param_check(name, p, int)
static const struct kernel_param_ops param_ops_twice = { .set = param_set_twice, .get = param_get_twice };
static int twice;

static int called_with;
static int set_called(const char *val, const struct kernel_param *kp)
{
	called_with = val[0];
	return 0;
}

static struct kparam_string held = { .maxlen = sizeof(buffer), .string = buffer };
static struct kparam_array list = { .max = 4, .elemsize = sizeof(int), .num = &count, .ops = &param_ops_int, .elem = numbers };

module_param(number, int, 0644);
module_param_named(other_name, wide, ullong, 0);
module_param_named_unsafe(unsafe_hex, hex, hexint, 0);
module_param_hw(port, uint, ioport, 0);
module_param(yes, bool, 0);
module_param(not_no, invbool, 0);
module_param_array(numbers, int, &count, 0444);
module_param_string(text, buffer, sizeof(buffer), 0);
module_param(word, charp, 0);
module_param_cb(limited, &limited_ops, &limited, 0644);
module_param(twice, twice, 0);
module_param_call(called, set_called, NULL, NULL, 0200);
param_check_int(number, &number);
param_check_charp(word, &word);
param_check_bool(yes, &yes);
MODULE_PARM_DESC(number, "a number");

/* Sets a variable by such operations, and prints the result and what it is then. */
static void by(const char *what, const struct kernel_param_ops *ops, void *arg, const char *val)
{
	struct kernel_param kp = { .name = what, .ops = ops, .arg = arg };
	static char page[4096];
	int ret = ops->set(val, &kp), length = ops->get(page, &kp);

	page[length > 0 ? length - 1 : 0] = 0;
	pr_info("%s of %s: %d, %s (%d)\n", what, val ? val : "nothing", ret, page, length);
}

static int __init test_init(void)
{
	char *given = word;

	pr_info("number %d, wide %llu, hex %#x, port %u, yes %d, not_no %d, text %s, word %s\n", number, wide, hex, port, yes, not_no,
		buffer, word);
	pr_info("numbers %d %d %d of %u, limited %u, twice %d, called with %c\n", numbers[0], numbers[1], numbers[2], count, limited,
		twice, called_with);

	by("minmax", &limited_ops, &limited, "9");
	by("minmax", &limited_ops, &limited, "10");
	by("minmax", &limited_ops, &limited, NULL);
	by("hexint", &param_ops_hexint, &hex, "0x1f");
	by("invbool", &param_ops_invbool, &not_no, "n");
	by("bint", &param_ops_bint, &bit, "Y");
	by("bool_enable_only", &param_ops_bool_enable_only, &no_more, "0");
	by("bool_enable_only", &param_ops_bool_enable_only, &no_more, NULL);
	by("charp", &param_ops_charp, &word, "after");
	by("string", &param_ops_string, &held, "1234567");
	by("string", &param_ops_string, &held, "12345678");
	by("array", &param_array_ops, &list, "7,8,9");
	by("array", &param_array_ops, &list, "1,2,3,4,5");
	pr_info("the text is another: %d\n", word != given);
	param_free_charp(&word);
	return 0;
}

module_init(test_init);
MODULE_LICENSE("GPL");
