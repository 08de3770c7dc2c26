// SPDX-License-Identifier: MIT OR Apache-2.0
/* linux/sysctl.h: what handlers of entries show, and what they take. */
#include "ask.h"
#include <linux/sysctl.h>

static char buffer[64];

typedef typeof(proc_dointvec) handler;

/* What a write of a text at a position returns, and how far it says that it came. */
static int store(handler *function, struct ctl_table *table, const char *text, loff_t pos, size_t *length)
{
	loff_t at = pos;
	int err;

	*length = strlen(text);
	strscpy(buffer, text, sizeof(buffer));
	err = function(table, 1, buffer, length, &at);
	*length = at - pos;
	return err;
}

/* A read into so many bytes; the text, with a bar for a newline and a comma for a tab. */
static const char *show(handler *function, struct ctl_table *table, size_t size, loff_t *pos)
{
	size_t length = size, i;
	int err;

	memset(buffer, 0, sizeof(buffer));
	err = function(table, 0, buffer, &length, pos);
	if (err)
		return "error";
	buffer[length] = '\0';
	for (i = 0; i < length; i++)
		buffer[i] = buffer[i] == '\n' ? '|' : buffer[i] == '\t' ? ',' : buffer[i];
	return buffer;
}

static const char *const texts[] = {
	"7", "7\n", " 8 ", "-9", "+9", "0x1f", "010", "08", "9x", "9 x", "x", "", " ", "\n", "-", "--1", "- 1", "2147483647",
	"2147483648", "-2147483648", "-2147483649", "18446744073709551615", "18446744073709551616", "00000000000000000001",
	"000000000000000000001", "0000000000000000000001", "1,2", "0x", "100", "101", "4294967295", "4294967296",
};

static void each_text(handler *function, struct ctl_table *table, int *value)
{
	size_t length, i;
	int err;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		*value = 55;
		err = store(function, table, texts[i], 0, &length);
		answer("text=%zu err=%d came=%zu value=%d", i, err, length, *value);
	}
}

CASE(int_texts, "proc_dointvec")
{
	int value;
	struct ctl_table table = { .procname = "x", .data = &value, .maxlen = sizeof(value), .mode = 0644 };

	each_text(proc_dointvec, &table, &value);
}

CASE(int_limits, "proc_dointvec_minmax")
{
	int value;
	struct ctl_table table = {
		.procname = "x", .data = &value, .maxlen = sizeof(value), .mode = 0644,
		.extra1 = SYSCTL_ZERO, .extra2 = SYSCTL_ONE_HUNDRED,
	};

	each_text(proc_dointvec_minmax, &table, &value);
}

CASE(uint_texts, "proc_douintvec")
{
	int value;
	struct ctl_table table = { .procname = "x", .data = &value, .maxlen = sizeof(value), .mode = 0644 };

	each_text(proc_douintvec, &table, &value);
}

CASE(uint_limits, "proc_douintvec_minmax")
{
	int value;
	struct ctl_table table = {
		.procname = "x", .data = &value, .maxlen = sizeof(value), .mode = 0644,
		.extra1 = SYSCTL_ONE, .extra2 = SYSCTL_ONE_HUNDRED,
	};

	each_text(proc_douintvec_minmax, &table, &value);
}

CASE(seconds, "proc_dointvec_jiffies")
{
	int value;
	loff_t pos = 0;
	size_t length;
	struct ctl_table table = { .procname = "x", .data = &value, .maxlen = sizeof(value), .mode = 0644 };
	int err = store(proc_dointvec_jiffies, &table, "3", 0, &length);

	answer("err=%d ticks=%d", err, value / HZ);
	answer("shown=%s", show(proc_dointvec_jiffies, &table, 32, &pos));
	err = store(proc_dointvec_jiffies, &table, "-2", 0, &length);
	answer("negative=%d ticks=%d", err, value / HZ);
	err = store(proc_dointvec_jiffies, &table, "99999999999", 0, &length);
	answer("much=%d ticks=%d", err, value / HZ);
}

CASE(milliseconds, "proc_dointvec_ms_jiffies")
{
	int value;
	loff_t pos = 0;
	size_t length;
	struct ctl_table table = { .procname = "x", .data = &value, .maxlen = sizeof(value), .mode = 0644 };
	int err = store(proc_dointvec_ms_jiffies, &table, "2000", 0, &length);

	answer("err=%d ticks=%d", err, value / HZ);
	answer("shown=%s", show(proc_dointvec_ms_jiffies, &table, 32, &pos));
}

CASE(vectors, "proc_dointvec")
{
	int values[3] = { 1, -2, 3 };
	loff_t pos = 0;
	size_t length, size;
	struct ctl_table table = { .procname = "x", .data = values, .maxlen = sizeof(values), .mode = 0644 };
	static const char *const written[] = { "4 5", "6\t7\n8\n", "9 x 10", "11 12 13 14", "15,16" };
	const char *shown;
	int err, i;

	shown = show(proc_dointvec, &table, 32, &pos);
	answer("shown=%s pos=%lld", shown, pos);
	shown = show(proc_dointvec, &table, 32, &pos);
	answer("again=%s pos=%lld", shown, pos);
	for (size = 1; size < 9; size++) {
		pos = 0;
		shown = show(proc_dointvec, &table, size, &pos);
		answer("size=%zu shown=%s pos=%lld", size, shown, pos);
	}
	for (i = 0; i < (int)ARRAY_SIZE(written); i++) {
		err = store(proc_dointvec, &table, written[i], 0, &length);
		answer("err=%d came=%zu values=%d,%d,%d", err, length, values[0], values[1], values[2]);
	}
	err = store(proc_dointvec, &table, "99", 1, &length);
	answer("behind=%d came=%zu value=%d", err, length, values[0]);
}

CASE(longs, "proc_doulongvec_minmax")
{
	unsigned long values[2] = { 5, ULONG_MAX }, most = 1000;
	loff_t pos = 0;
	size_t length;
	struct ctl_table table = { .procname = "x", .data = values, .maxlen = sizeof(values), .mode = 0644, .extra2 = &most };
	static const char *const written[] = { "7 8", "9 1001", "1001", "-3 4", "0x10", "x", "" };
	const char *shown;
	int err, i;

	shown = show(proc_doulongvec_minmax, &table, 48, &pos);
	answer("shown=%s pos=%lld", shown, pos);
	for (i = 0; i < (int)ARRAY_SIZE(written); i++) {
		err = store(proc_doulongvec_minmax, &table, written[i], 0, &length);
		answer("err=%d came=%zu values=%lu,%lu", err, length, values[0], values[1]);
	}
}

CASE(strings, "proc_dostring")
{
	char text[8] = "abc";
	loff_t pos = 0;
	size_t length;
	struct ctl_table table = { .procname = "x", .data = text, .maxlen = sizeof(text), .mode = 0644 };
	static const char *const written[] = { "def\n", "gh\nij", "klmnopqrst", "", "u" };
	const char *shown;
	int err, i;

	shown = show(proc_dostring, &table, 32, &pos);
	answer("shown=%s pos=%lld", shown, pos);
	shown = show(proc_dostring, &table, 32, &pos);
	answer("again=%s pos=%lld", shown, pos);
	for (i = 0; i < (int)ARRAY_SIZE(written); i++) {
		err = store(proc_dostring, &table, written[i], 0, &length);
		answer("err=%d came=%zu text=%s", err, length, text);
	}
	err = store(proc_dostring, &table, "vw", 1, &length);
	answer("at=1 err=%d came=%zu text=%s", err, length, text);
	err = store(proc_dostring, &table, "yz", 6, &length);
	answer("at=6 err=%d came=%zu text=%s", err, length, text);
	pos = 1;
	shown = show(proc_dostring, &table, 2, &pos);
	answer("shown=%s pos=%lld", shown, pos);
}

CASE(nothing, "proc_dointvec")
{
	int value = 5;
	struct ctl_table none = { .procname = "x", .maxlen = sizeof(value), .mode = 0644 };
	struct ctl_table odd = { .procname = "x", .data = &value, .maxlen = 2 * sizeof(value), .mode = 0644 };
	size_t length = 9;
	loff_t pos = 0;
	int err = proc_dointvec(&none, 1, buffer, &length, &pos);

	answer("err=%d length=%zu pos=%lld", err, length, pos);
	length = 9;
	err = proc_douintvec(&odd, 0, buffer, &length, &pos);
	answer("two=%d length=%zu", err, length);
}

CASE(limits, "SYSCTL_ZERO SYSCTL_ONE SYSCTL_TWO SYSCTL_THREE SYSCTL_FOUR SYSCTL_ONE_HUNDRED SYSCTL_TWO_HUNDRED"
	     " SYSCTL_ONE_THOUSAND SYSCTL_THREE_THOUSAND SYSCTL_INT_MAX SYSCTL_MAXOLDUID SYSCTL_NEG_ONE")
{
	void *const limits[] = {
		SYSCTL_ZERO, SYSCTL_ONE, SYSCTL_TWO, SYSCTL_THREE, SYSCTL_FOUR, SYSCTL_ONE_HUNDRED, SYSCTL_TWO_HUNDRED,
		SYSCTL_ONE_THOUSAND, SYSCTL_THREE_THOUSAND, SYSCTL_INT_MAX, SYSCTL_MAXOLDUID, SYSCTL_NEG_ONE,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(limits); i++)
		answer("limit=%zu value=%d", i, *(int *)limits[i]);
}

ASK_MODULE(&case_int_texts, &case_int_limits, &case_uint_texts, &case_uint_limits, &case_seconds, &case_milliseconds, &case_vectors,
	   &case_longs, &case_strings, &case_nothing, &case_limits);
