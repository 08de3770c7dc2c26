// SPDX-License-Identifier: MIT OR Apache-2.0
/* The kernel's formats, as Documentation/core-api/printk-formats has them; and which messages the console shows. */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>

static const unsigned char bytes[] = { 0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff };
static const unsigned char ipv4[] = { 192, 168, 1, 20 };
static const unsigned char ipv6[] = { 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 };

static const unsigned long long address = 0x1000;
static const unsigned long bits[] = { 0xf00000000000020bUL, 0x21 };

static void row(const char *fmt, ...)
{
	va_list args;
	struct va_format text = { fmt, &args };

	va_start(args, fmt);
	pr_info("%s [%pV]\n", fmt, &text);
	va_end(args);
}

/* A parameter that is checked when it is set. */
static int even = 2;
static int set_even(const char *value, const struct kernel_param *param)
{
	int number, error = kstrtoint(value, 0, &number);

	if (error || number % 2)
		return error ? error : -EINVAL;
	return param_set_int(value, param);
}
static const struct kernel_param_ops even_ops = { .set = set_even, .get = param_get_int };
module_param_cb(even, &even_ops, &even, 0644);

static int __init format_init(void)
{
	int length, of_none;

	row("%d", -5);
	row("%5d|%-5d|%05d", 42, 42, 42);
	row("%+d % d", 7, 7);
	row("%#x %#o %X", 255, 8, 255);
	row("%.3d %8.3d", 5, 5);
	row("%hhd %hu", 300, 70000);
	row("%lld %zu %td", -1LL, (size_t)7, (long)-7);
	row("%s|%5s|%-5s|%.2s", "abc", "ab", "ab", "abc");
	row("%s", NULL);
	row("%c%%%c", 'a', 'b');
	row("%*d|%-*d|%.*s", 4, 1, 4, 1, 2, "abc");
	row("%px", (void *)0x1234);
	row("%ph", bytes);
	row("%6ph", bytes);
	row("%6phC", bytes);
	row("%6phD", bytes);
	row("%6phN", bytes);
	row("%pM", bytes);
	row("%pMR", bytes);
	row("%pMF", bytes);
	row("%pm", bytes);
	row("%pI4", ipv4);
	row("%pi4", ipv4);
	row("%pI6", ipv6);
	row("%pi6", ipv6);
	row("%pI6c", ipv6);
	row("%pUb|%pUL", ipv6, ipv6);
	row("%pa", &address);
	row("%*pbl", 70, bits);
	row("%*pb", 70, bits);
	row("%*pb", 10, bits);
	row("%pe", ERR_PTR(-ENOMEM));
	row("%pe", ERR_PTR(-ERESTARTSYS));
	row("%pM", NULL);
	row("%#x|%.0d|%08.3d|%0-4d|%#.4x", 0, 0, 7, 7, 7);
	row("%12px|%-12px|%#px", (void *)0x1234, (void *)0x1234, (void *)0x1234);
	row("%20pM|%-20pMR|%pmR", bytes, bytes, bytes);
	row("%14pI4|%pI4l|%pI4b", ipv4, ipv4, ipv4);
	row("%pI4 %4ph", NULL, NULL);
	row("%pe %pe %pe %pe", ERR_PTR(-EPROBE_DEFER), ERR_PTR(-ENOTSUPP), ERR_PTR(-EOPNOTSUPP), ERR_PTR(-520));
	row("%d%y%d", 1, 2, 3);
	length = printk(KERN_INFO "five!\n");
	of_none = printk("none");
	pr_info("printk: %d %d\n", length, of_none);

	row("%d", even);
	printk("no level\n");
	printk(KERN_DEBUG "not shown");
	printk(KERN_CONT ", nor this\n");
	console_loglevel = 8;
	printk(KERN_DEBUG "shown\n");
	console_loglevel = CONSOLE_LOGLEVEL_DEFAULT;
	print_hex_dump(KERN_INFO, "dump ", DUMP_PREFIX_OFFSET, 16, 1, ipv6, 16, true);
	print_hex_dump(KERN_INFO, "", DUMP_PREFIX_NONE, 16, 2, bytes, 6, false);
	for (int i = 0; i < 30; i++)
		pr_info_ratelimited("ratelimited %d\n", i);
	return 0;
}

static void __exit format_exit(void)
{
}

module_init(format_init);
module_exit(format_exit);
MODULE_LICENSE("Dual MIT/GPL");
