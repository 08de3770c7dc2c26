/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* linux/parser.h. */
#include <kt/core/linux/ctype.h>
#include <kt/core/linux/err.h>
#include <kt/core/linux/errno.h>
#include <kt/core/linux/kstrtox.h>
#include <kt/core/linux/limits.h>
#include <kt/core/linux/parser.h>
#include <kt/core/linux/slab.h>
#include <kt/core/linux/string.h>

/* The length of a number of this kind. */
static char *number(char *text, char kind)
{
	char *end;

	if (kind == 'd')
		simple_strtol(text, &end, 0);
	else
		simple_strtoul(text, &end, kind == 'o' ? 8 : kind == 'x' ? 16 : 0);
	return end;
}

static bool like(char *text, const char *pattern, substring_t args[])
{
	int n = 0;

	if (!pattern)
		return true;
	for (; *pattern; pattern++) {
		unsigned long most = ULONG_MAX, length;
		char *end;

		if (*pattern != '%' || pattern[1] == '%') {
			pattern += *pattern == '%';
			if (*text++ != *pattern)
				return false;
			continue;
		}
		pattern++;
		if (isdigit(*pattern))
			for (most = 0; isdigit(*pattern); pattern++)
				most = most * 10 + (unsigned long)(*pattern - '0');
		if (!strchr("duoxs", *pattern) || !*pattern || n >= MAX_OPT_ARGS)
			return false;
		if (*pattern == 's') {
			length = strlen(text);
			end = text + (length < most ? length : most);
		} else {
			end = number(text, *pattern);
		}
		if (end == text)
			return false;
		args[n].from = text;
		args[n++].to = end;
		text = end;
	}
	return !*text;
}

int match_token(char *word, const match_table_t table, substring_t args[])
{
	while (!like(word, table->pattern, args))
		table++;
	return table->token;
}

/* Copies the part, which the caller frees; or returns an error. */
static char *copied(const substring_t *part, size_t most)
{
	char *text;

	if ((size_t)(part->to - part->from) > most)
		return (char *)ERR_PTR(-ERANGE);
	text = match_strdup(part);
	return text ? text : (char *)ERR_PTR(-ENOMEM);
}

/* Text after the number is an error. */
int kt_match_number(const substring_t *part, unsigned int base, size_t most, int *result)
{
	char *text = copied(part, most), *end;
	int error = 0;
	long value;

	if (IS_ERR(text))
		return (int)PTR_ERR(text);
	value = simple_strtol(text, &end, base);
	if (end == text)
		error = -EINVAL;
	else if (value < INT_MIN || value > INT_MAX)
		error = -ERANGE;
	else
		*result = (int)value;
	kfree(text);
	return error;
}

int kt_match_uint(const substring_t *part, size_t most, unsigned int *result)
{
	char *text = copied(part, most);
	int error;

	if (IS_ERR(text))
		return (int)PTR_ERR(text);
	error = kstrtouint(text, 10, result);
	kfree(text);
	return error;
}

int kt_match_u64(const substring_t *part, size_t most, u64 *result)
{
	char *text = copied(part, most);
	int error;

	if (IS_ERR(text))
		return (int)PTR_ERR(text);
	error = kstrtoull(text, 0, (unsigned long long *)result);
	kfree(text);
	return error;
}

/* After a star, the rest is tried again one character later. */
bool match_wildcard(const char *pattern, const char *text)
{
	const char *star = NULL, *from = NULL;

	while (*text) {
		if (*pattern == '*') {
			star = ++pattern;
			from = text;
		} else if (*pattern == '?' || *pattern == *text) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star;
			text = ++from;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

size_t match_strlcpy(char *to, const substring_t *part, size_t size)
{
	size_t length = (size_t)(part->to - part->from);

	if (size) {
		size_t fits = length < size ? length : size - 1;

		memcpy(to, part->from, fits);
		to[fits] = 0;
	}
	return length;
}

char *match_strdup(const substring_t *part)
{
	return kmemdup_nul(part->from, (size_t)(part->to - part->from), GFP_KERNEL);
}
