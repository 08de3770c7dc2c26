// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Random formats and values: what is printed and counted, how it is cut, and what is scanned of
 * texts.
 */
#include "random.h"

/* The formats are made as it runs, so that no compiler can look at them. */
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"

static char format[40], into[120];

static void add(const char *part)
{
	strcat(format, part);
}

/* Flags, width and precision. */
static void begin_format(void)
{
	int flags = random_below(4);

	strcpy(format, "[%");
	while (flags--)
		add(random_of("-", "+", " ", "0", "#"));
	add(random_of("", "", "1", "3", "8", "20"));
	add(random_of("", "", "", ".", ".0", ".1", ".4", ".12"));
}

CASE(numbers, "snprintf scnprintf")
{
	unsigned int round;

	for (round = 0; round < 80; round++) {
		u32 size;
		int count;
		u64 value;

		random_begin(round);
		begin_format();
		add(random_of("d", "i", "u", "x", "X", "o", "hd", "hx", "hhd", "hhu", "ld", "lu", "lx", "lld", "llx", "zu", "zd", "c"));
		add("]");
		value = random_sized();
		if (strchr(format, 'c'))
			value = 'a' + value % 26;
		if (random_below(4) == 0)
			value = -value;
		size = random_of(sizeof(into), sizeof(into), sizeof(into), 6UL);
		memset(into, '#', sizeof(into));
		count = snprintf(into, size, format, value);
		answer("%u format=%s value=%#llx size=%u count=%d text=%s", round, format, value, size, count, into);
	}
}

CASE(texts, "snprintf scnprintf")
{
	unsigned int round;

	for (round = 0; round < 40; round++) {
		char text[24];
		int width, precision, count, starred;

		random_begin(round);
		begin_format();
		add("s]");
		random_text(text, sizeof(text), "abcdefgh %");
		width = (int)random_below(24) - 12;
		precision = (int)random_below(12) - 3;
		count = snprintf(into, sizeof(into), format, text);
		answer("%u format=%s text=[%s] count=%d is=%s", round, format, text, count, into);
		starred = scnprintf(into, random_of(4UL, 20UL), random_of("[%*.*s]", "[%0*.*s]", "[%-*.*s]"), width, precision, text);
		answer("%u width=%d precision=%d count=%d is=%s", round, width, precision, starred, into);
	}
}

CASE(hexadecimal, "hex_dump_to_buffer")
{
	unsigned int round;

	for (round = 0; round < 40; round++) {
		u8 data[40];
		int count, row, group;
		u32 i, size, length;
		bool ascii;

		random_begin(round);
		for (i = 0; i < sizeof(data); i++)
			data[i] = random_below(3) ? 32 + random_below(90) : random_64();
		length = random_below(sizeof(data));
		row = random_of(16, 32, 0, 8);
		group = random_of(1, 2, 4, 8, 3);
		ascii = random_below(2);
		size = random_of(120UL, 120UL, 50UL, 20UL, 1UL);
		count = hex_dump_to_buffer(data, length, row, group, into, size, ascii);
		answer("%u length=%u row=%d group=%d ascii=%d size=%u count=%d text=[%s]", round, length, row, group, ascii, size,
		       count, into);
	}
}

CASE(lists_of_bits, "snprintf")
{
	unsigned int round;

	for (round = 0; round < 30; round++) {
		unsigned long bits[2] = { random_64(), 0 };
		int width;

		random_begin(round);
		bits[0] = random_64() & random_64();
		bits[1] = random_below(2) ? random_64() & random_64() & random_64() : 0;
		width = random_below(129);
		answer("%u width=%d list=[%*pbl] mask=[%*pb] bytes=[%*phN] with=[%*phC]", round, width, width, bits, width, bits,
		       width / 8, bits, width / 16, bits);
	}
}

CASE(scanned, "sscanf")
{
	unsigned int round;

	for (round = 0; round < 80; round++) {
		char text[30];
		int parts, got;
		u64 values[4] = { 7, 7, 7, 7 };
		char words[2][32] = { "-", "-" };

		random_begin(round);
		parts = 1 + random_below(3);
		format[0] = '\0';
		while (parts--) {
			add(random_of("%lld", "%llu", "%llx", "%lli", "%3lld", "%2llx", "%llo", "%*lld"));
			add(random_of("", " ", ",", ":", "x", "%%", "-"));
		}
		random_text(text, sizeof(text), random_of("0123456789 ", "0123456789-, ", "0x1aF :,", "12 \t,:%-"));
		got = sscanf(text, format, &values[0], &values[1], &values[2], &values[3]);
		answer("%u text=" SHOWN " format=%s got=%d values=%lld,%lld,%lld", round, RANDOM_SHOWN(text), format, got, values[0],
		       values[1], values[2]);
		format[0] = '\0';
		add(random_of("%31s", "%4s", " %31s", "%2c", "%5[abc]", "%31[^,]", "%8[0-9]"));
		add(random_of("", " ", ","));
		add(random_of("%31s", "%3s", "%31[a-c]"));
		random_text(text, sizeof(text), random_of("abc ", "abcd,123", "a, b"));
		memset(words, 0, sizeof(words));
		got = sscanf(text, format, words[0], words[1]);
		answer("%u text=" SHOWN " format=%s got=%d words=[%.31s],[%.31s]", round, RANDOM_SHOWN(text), format, got, words[0],
		       words[1]);
	}
}

ASK_MODULE(&case_numbers, &case_texts, &case_hexadecimal, &case_lists_of_bits, &case_scanned);
