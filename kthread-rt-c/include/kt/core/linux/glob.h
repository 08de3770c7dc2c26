/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Patterns as shells have them: `*`, `?`, `[a-z]`, `[!a-z]`, and a backslash before what is to stand for itself. */
#ifndef KT_CORE_LINUX_GLOB_H
#define KT_CORE_LINUX_GLOB_H

#include <kt/core/linux/types.h>

/*
 * Whether a class takes the character: 1 or 0; -1 if it is not closed, and so is no class. `*class` is behind the bracket, and
 * is moved behind the closing one.
 */
static inline int kt_glob_class(const char **pattern, unsigned char c)
{
	const char *at = *pattern;
	bool inverted = *at == '!', taken = false;

	if (inverted)
		at++;
	/* A closing bracket that comes first is one of the class. */
	do {
		unsigned char low = (unsigned char)*at++, high = low;

		if (!low)
			return -1;
		if (at[0] == '-' && at[1] && at[1] != ']') {
			high = (unsigned char)at[1];
			at += 2;
		}
		taken |= low <= c && c <= high;
	} while (*at != ']');
	*pattern = at + 1;
	return taken != inverted;
}

/* Whether all of `text` matches all of `pattern`. */
static inline bool glob_match(const char *pattern, const char *text)
{
	/* Behind the last star, and the text that it does not take yet. */
	const char *star = 0, *rest = 0;

	for (;;) {
		const char *behind = pattern + 1;
		bool fits;

		switch (*pattern) {
		case '*':
			star = behind;
			rest = text;
			pattern = behind;
			if (!*pattern)
				return true;
			continue;
		case '?':
			fits = *text;
			break;
		case '[': {
			int in = kt_glob_class(&behind, (unsigned char)*text);

			fits = *text && (in < 0 ? *text == '[' : in);
			break;
		}
		case '\\':
			/* At the end it stands for the end. */
			if (!*behind && !*text)
				return true;
			fits = *text && *text == *behind;
			behind++;
			break;
		case '\0':
			if (!*text)
				return true;
			fits = false;
			break;
		default:
			fits = *text == *pattern;
		}
		if (fits) {
			pattern = behind;
			text++;
		} else if (star && *rest) {
			/* The last star takes one more. An earlier one need not: what is between them was found as early as can be. */
			pattern = star;
			text = ++rest;
		} else {
			return false;
		}
	}
}

#endif
