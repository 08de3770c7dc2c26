/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Words for values, and text in upper and lower case. */
#ifndef KT_CORE_LINUX_STRING_HELPERS_H
#define KT_CORE_LINUX_STRING_HELPERS_H

#include <kt/core/linux/ctype.h>
#include <kt/core/linux/string.h>
#include <kt/core/linux/types.h>

static inline const char *str_yes_no(bool value)
{
	return value ? "yes" : "no";
}

static inline const char *str_on_off(bool value)
{
	return value ? "on" : "off";
}

static inline const char *str_true_false(bool value)
{
	return value ? "true" : "false";
}

static inline const char *str_enable_disable(bool value)
{
	return value ? "enable" : "disable";
}

static inline const char *str_enabled_disabled(bool value)
{
	return value ? "enabled" : "disabled";
}

static inline const char *str_read_write(bool value)
{
	return value ? "read" : "write";
}

static inline const char *str_plural(size_t n)
{
	return n == 1 ? "" : "s";
}

/* With the final NUL. */
static inline void string_upper(char *to, const char *from)
{
	do
		*to++ = toupper(*from);
	while (*from++);
}

static inline void string_lower(char *to, const char *from)
{
	do
		*to++ = tolower(*from);
	while (*from++);
}

#endif
