/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Shell patterns: `*`, `?`, `[a-z]`, `[!a-z]`, and a backslash before a literal character. */
#ifndef KT_CORE_LINUX_GLOB_H
#define KT_CORE_LINUX_GLOB_H

#include <kt/core/linux/types.h>

/*
 * Returns 1 if the class contains the character, 0 if not, -1 if it is not closed and so is no
 * class. Moves `*class` from after the opening bracket to after the closing one.
 */
static inline int kt_glob_class(const char **pattern, unsigned char c)
{
	const char *at = *pattern;
	bool inverted = *at == '!', taken = false;

	if (inverted)
		at++;
	/* A closing bracket that comes first belongs to the class. */
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

/* True if the whole text matches the whole pattern. */
static inline bool glob_match(const char *pattern, const char *text)
{
	/* The pattern after the last star, and the text that the star does not cover yet. */
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
			/* A backslash at the end stands for the text's end. */
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
			/*
			 * Extends the last star by a character. Earlier stars need no extension:
			 * the text between them was matched as early as possible.
			 */
			pattern = star;
			text = ++rest;
		} else {
			return false;
		}
	}
}

#endif
