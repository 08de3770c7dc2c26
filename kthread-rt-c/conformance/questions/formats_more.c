// SPDX-License-Identifier: MIT OR Apache-2.0
/* Formats that few modules use: escaped texts, resources, flags, four letters. */
#include "ask.h"
#include <linux/gfp.h>
#include <linux/ioport.h>

#pragma GCC diagnostic ignored "-Wformat"

/* The text as hexadecimal digits: it has characters that no line can have. */
static void told(const char *flags, const char *text, int length)
{
	answer("flags=%s length=%d hex=%*phN", flags, length, length, text);
}

CASE(escaped, "snprintf")
{
	static const char text[] = "a\tb\n\042\\\x01\xff";
	char to[60];
	int n = sizeof(text) - 1;

	told("none", to, snprintf(to, sizeof(to), "%*pE", n, text));
	told("h", to, snprintf(to, sizeof(to), "%*pEh", n, text));
	told("s", to, snprintf(to, sizeof(to), "%*pEs", n, text));
	told("a", to, snprintf(to, sizeof(to), "%*pEa", n, text));
	told("c", to, snprintf(to, sizeof(to), "%*pEc", n, text));
	told("o", to, snprintf(to, sizeof(to), "%*pEo", n, text));
	told("n", to, snprintf(to, sizeof(to), "%*pEn", n + 1, text));
	told("np", to, snprintf(to, sizeof(to), "%*pEnp", n + 1, text));
}

CASE(flags, "GFP_KERNEL GFP_ATOMIC __GFP_ZERO")
{
	gfp_t kernel = GFP_KERNEL, atomic = GFP_ATOMIC | __GFP_ZERO, none = 0;

	answer("g [%pGg][%pGg][%pGg]", &kernel, &atomic, &none);
}

CASE(letters, "snprintf")
{
	u32 code = 'R' | 'G' << 8 | '2' << 16 | '4' << 24, odd = 'a' | 1 << 8 | '3' << 16 | 0x80000000 | '4' << 24;
	char text[60];
	int length = snprintf(text, sizeof(text), "%p4cc", &code);

	answer("4cc length=%d [%s][%p4cc]", length, text, &odd);
}

ASK_MODULE(&case_escaped, &case_flags, &case_letters);
