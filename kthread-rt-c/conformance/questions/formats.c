// SPDX-License-Identifier: MIT OR Apache-2.0
/* printk's formats: the text of each conversion, and what the functions return that write it. */
#include "ask.h"
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/uuid.h>

#pragma GCC diagnostic ignored "-Wformat"
#pragma GCC diagnostic ignored "-Wformat-extra-args"
#pragma GCC diagnostic ignored "-Wformat-truncation"
#pragma GCC diagnostic ignored "-Wformat-overflow"
#pragma GCC diagnostic ignored "-Wformat-zero-length"

CASE(integers, "printk")
{
	answer("[%d][%i][%u][%x][%X][%o]", -42, 42, -42, 0xabc, 0xabc, 8);
	answer("[%5d][%-5d][%05d][%+d][% d][%+5d][%-+5d]", 42, 42, -42, 42, 42, 42, 42);
	answer("[%#x][%#X][%#o][%#010x][%#10x][%-#10x]", 0xab, 0xab, 8, 0xab, 0xab, 0xab);
	answer("of_0 [%#x][%#o][%x][%d][%.0d][%.0x]", 0, 0, 0, 0, 0, 0);
	answer("[%.3d][%8.3d][%-8.3d][%08.3d][%+.3d][%.3x][%#.4x]", 7, 7, 7, 7, 7, 7, 7);
	answer("[%*d][%-*d][%*d][%.*d]", 6, 42, 6, 42, -6, 42, 4, 42);
	answer("[% 05d][%+05d][%0-5d][%-05d]", 42, 42, 42, 42);
	answer("[%2d][%1x][%03o]", 12345, 0xabcdef, 077777);
}

CASE(sizes, "printk")
{
	answer("hh [%hhd][%hhu][%hhx]", 0x1ff, 0x1ff, -2);
	answer("h [%hd][%hu][%hx]", 0x1ffff, 0x1ffff, -2);
	answer("l [%ld][%lu][%lx] ll [%lld][%llu][%llx]", -1L, -1L, LONG_MIN, LLONG_MIN, ULLONG_MAX, LLONG_MAX);
	answer("z [%zd][%zu][%zx] t [%td] L [%Ld][%Lx] j [%zi]", (ssize_t)-5, (size_t)5, (size_t)255, (ptrdiff_t)-7,
	       -8LL, 255LL, (ssize_t)9);
	answer("least [%d][%ld] most [%u]", INT_MIN, LONG_MIN, UINT_MAX);
}

CASE(strings, "printk")
{
	char *volatile null = NULL, *volatile low = (char *)5, *volatile error = ERR_PTR(-EINVAL);

	answer("[%s][%.2s][%6s][%-6s][%6.2s][%-6.2s][%.0s]", "text", "text", "text", "text", "text", "text", "text");
	answer("[%.*s][%*s][%-*s][%.10s]", 3, "text", 6, "text", 6, "text", "text");
	answer("null [%s][%.3s][%10s][%-10s]", null, null, null, null);
	answer("bad [%s][%s][%.2s]", low, error, low);
	answer("char [%c][%3c][%-3c][%%]", 'a', 'b', 'c');
}

WARNS(unknown, "snprintf")
{
	char text[40] = "";
	int ret;

	ret = snprintf(text, sizeof(text), "a%yb%d", 5);
	answer("y ret=%d text=[%s]", ret, text);
	ret = snprintf(text, sizeof(text), "a%");
	answer("end ret=%d text=[%s]", ret, text);
	ret = snprintf(text, sizeof(text), "a%fb", 5);
	answer("f ret=%d text=[%s]", ret, text);
	ret = snprintf(text, sizeof(text), "a%5%b");
	answer("width_of_percent ret=%d text=[%s]", ret, text);
}

CASE(lengths, "snprintf scnprintf sprintf vsnprintf vscnprintf kasprintf")
{
	char text[16];
	char *own;
	int ret;

	memset(text, 'x', sizeof(text));
	ret = snprintf(text, sizeof(text), "%d", 1234);
	answer("fits ret=%d text=[%s]", ret, text);
	ret = snprintf(text, 4, "%d", 12345);
	answer("cut ret=%d text=[%s]", ret, text);
	ret = snprintf(text, 0, "%d", 99);
	answer("size_0 ret=%d text=[%s]", ret, text);
	ret = snprintf(NULL, 0, "%s-%s", "some", "text");
	answer("no_buffer ret=%d", ret);
	ret = scnprintf(text, sizeof(text), "%d", 1234);
	answer("scn_fits ret=%d text=[%s]", ret, text);
	ret = scnprintf(text, 4, "%d", 56789);
	answer("scn_cut ret=%d text=[%s]", ret, text);
	ret = scnprintf(text, 1, "%d", 56789);
	answer("scn_1 ret=%d text=[%s]", ret, text);
	ret = scnprintf(text, 0, "%d", 56789);
	answer("scn_0 ret=%d", ret);
	ret = sprintf(text, "%s", "plain");
	answer("sprintf ret=%d text=[%s]", ret, text);
	own = kasprintf(GFP_KERNEL, "%s %d", "long", 17);
	answer("kasprintf=[%s]", own);
	kfree(own);
}

static __printf(3, 4) int list_of(char *text, size_t size, const char *format, ...)
{
	va_list args;
	int ret;

	va_start(args, format);
	ret = size > 100 ? vsnprintf(text, size - 100, format, args) : vscnprintf(text, size, format, args);
	va_end(args);
	return ret;
}

static __printf(1, 2) void ask_nested(const char *format, ...)
{
	struct va_format inner;
	va_list args;

	va_start(args, format);
	inner.fmt = format;
	inner.va = &args;
	answer("[%pV] then=%d", &inner, 5);
	va_end(args);
}

CASE(nested, "va_format vsnprintf vscnprintf")
{
	char text[8];
	int ret;

	ask_nested("%d and %s", 3, "more");
	ask_nested("none");
	ret = list_of(text, 104, "%d", 123456);
	answer("vsnprintf ret=%d text=[%s]", ret, text);
	ret = list_of(text, 4, "%d", 123456);
	answer("vscnprintf ret=%d text=[%s]", ret, text);
}

CASE(pointers, "printk ERR_PTR")
{
	void *volatile some = (void *)0x1234abcd, *volatile null = NULL, *volatile error = ERR_PTR(-ENOMEM);
	phys_addr_t address = 0x12345;
	char text[500];
	int i, length = 0;

	answer("px [%px][%20px][%-20px]", some, some, some);
	answer("px [%#px][%#20px][%020px]", some, some, some);
	answer("p [%p][%p]", null, error);
	answer("pe [%pe][%pe][%10pe][%-10pe]", error, ERR_PTR(-EAGAIN), ERR_PTR(-EIO), ERR_PTR(-EIO));
	answer("pe [%pe][%pe][%pe]", ERR_PTR(-ERESTARTSYS), ERR_PTR(-ENOTSUPP), ERR_PTR(-EPROBE_DEFER));
	for (i = 512; i <= 532; i++)
		length += scnprintf(text + length, sizeof(text) - length, "%pe ", ERR_PTR(-i));
	answer("pe [%pe][%pe][%s]", ERR_PTR(-EOPNOTSUPP), ERR_PTR(-EDEADLK), text);
	answer("pap [%pap] pa [%pa]", &address, &address);
}

static noinline __used int symbol_of_formats(void)
{
	return 0;
}

CASE(symbols, "printk")
{
	char text[100];

	snprintf(text, sizeof(text), "%ps", symbol_of_formats);
	answer("ps begins=%d", !strncmp(text, "symbol_of_formats", 17));
	snprintf(text, sizeof(text), "%pS", symbol_of_formats);
	answer("pS begins=%d offset=%d", !strncmp(text, "symbol_of_formats+0x0/0x", 24),
	       strstr(text, "+0x0/") != NULL);
}

CASE(bytes, "printk")
{
	static const u8 bytes[80] = { 0x00, 0x1b, 0xc3, 0x7f, 0xff, 0x20, 0x01 };
	char text[300];

	answer("ph [%*ph][%*phC][%*phD][%*phN]", 4, bytes, 4, bytes, 4, bytes, 4, bytes);
	answer("one [%ph][%3ph][%0*ph]", bytes, bytes, 2, bytes);
	answer("many=%d", snprintf(text, sizeof(text), "%*ph", 80, bytes));
	answer("M [%pM][%pMF][%pMR][%pm][%pmR]", bytes, bytes, bytes, bytes, bytes);
	answer("width [%20pM][%-20pM]", bytes, bytes);
	answer("null [%pM][%*ph][%pI4][%10pM]", NULL, 4, NULL, NULL, NULL);
	answer("letters [%pMandmore][%pI4and more]", bytes, bytes);
}

CASE(addresses, "printk")
{
	static const u8 four[] = { 192, 168, 1, 9 };
	static const u8 zero[16] = {};
	static const u8 six[] = { 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xab, 0, 0, 1 };
	static const u8 mapped[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 1 };
	static const u8 one_zero[] = { 0, 1, 0, 0, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8 };

	answer("4 [%pI4][%pi4][%pI4h][%pI4n][%pI4b][%pI4l]", four, four, four, four, four, four);
	answer("6 [%pI6][%pi6]", six, six);
	answer("6c [%pI6c][%pI6c][%pI6c][%pI6c]", six, zero, mapped, one_zero);
	answer("width [%16pI4][%-16pI4][%20pI6c]", four, four, zero);
}

CASE(uuids, "printk")
{
	static const u8 bytes[] = { 0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff };

	answer("[%pU][%pUb]", bytes, bytes);
	answer("[%pUB][%pUl][%pUL]", bytes, bytes, bytes);
	answer("[%40pU][%-40pU]", bytes, bytes);
}

CASE(bitmaps, "printk")
{
	unsigned long bits[2] = { 0x8000000f00000001ul, 5 };

	answer("pb [%*pb][%*pb][%*pb]", 64, bits, 70, bits, 10, bits);
	answer("pbl [%*pbl][%*pbl][%*pbl]", 64, bits, 128, bits, 1, bits);
}

CASE(levels, "KERN_INFO KERN_ERR KERN_DEBUG KERN_EMERG KERN_ALERT KERN_CRIT"
	     " KERN_WARNING KERN_NOTICE KERN_CONT KERN_DEFAULT printk")
{
	static const char *const levels[] = { KERN_EMERG, KERN_ALERT, KERN_CRIT, KERN_ERR, KERN_WARNING, KERN_NOTICE,
					      KERN_INFO, KERN_DEBUG, KERN_CONT, KERN_DEFAULT };
	char text[ARRAY_SIZE(levels) + 1];
	int i, ret, of_none;

	for (i = 0; i < ARRAY_SIZE(levels); i++)
		text[i] = levels[i][0] ? levels[i][1] : '-';
	text[i] = 0;
	answer("levels=%s", text);
	ret = printk(KERN_INFO "five!\n");
	of_none = printk(KERN_DEBUG "%s", "a\n");
	answer("printk=%d,%d", ret, of_none);
}

ASK_MODULE(&case_integers, &case_sizes, &case_strings, &case_unknown, &case_lengths, &case_nested, &case_pointers,
	   &case_symbols, &case_bytes, &case_addresses, &case_uuids, &case_bitmaps, &case_levels);
