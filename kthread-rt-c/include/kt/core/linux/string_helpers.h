/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Words for values, and text in upper and lower case. */
#ifndef KT_CORE_LINUX_STRING_HELPERS_H
#define KT_CORE_LINUX_STRING_HELPERS_H

#include <kt/core/linux/ctype.h>
#include <kt/core/linux/string.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

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

/* Sizes as text of three digits: "1.50 MB" (powers of 1000), "1.43 MiB" (of 1024). */
enum string_size_units {
	STRING_UNITS_10,
	STRING_UNITS_2,
	STRING_UNITS_MASK = 1,
	STRING_UNITS_NO_SPACE = 1 << 30,
	STRING_UNITS_NO_BYTES = 1 << 31,
};

/* The escapes that are decoded: \n and the like, octal and hexadecimal numbers, \" \\ \a \e. */
#define UNESCAPE_SPACE (1u << 0)
#define UNESCAPE_OCTAL (1u << 1)
#define UNESCAPE_HEX (1u << 2)
#define UNESCAPE_SPECIAL (1u << 3)
#define UNESCAPE_ANY (UNESCAPE_SPACE | UNESCAPE_OCTAL | UNESCAPE_HEX | UNESCAPE_SPECIAL)
#define UNESCAPE_ALL_MASK 15u

/*
 * The characters that are escaped. NP, NA and NAP exclude printable characters, ASCII, or printable
 * ASCII; APPEND also escapes the characters in `only`.
 */
#define ESCAPE_SPACE (1u << 0)
#define ESCAPE_SPECIAL (1u << 1)
#define ESCAPE_NULL (1u << 2)
#define ESCAPE_OCTAL (1u << 3)
#define ESCAPE_ANY (ESCAPE_SPACE | ESCAPE_OCTAL | ESCAPE_SPECIAL | ESCAPE_NULL)
#define ESCAPE_NP (1u << 4)
#define ESCAPE_ANY_NP (ESCAPE_ANY | ESCAPE_NP)
#define ESCAPE_HEX (1u << 5)
#define ESCAPE_NA (1u << 6)
#define ESCAPE_NAP (1u << 7)
#define ESCAPE_APPEND (1u << 8)
#define ESCAPE_ALL_MASK 511u

struct task_struct;

KT_BEGIN
int string_get_size(u64 size, u64 block, const enum string_size_units units, char *buf, int length);
/* Returns the length of the result. `size` 0: unlimited. */
int string_unescape(char *from, char *to, size_t size, unsigned int flags);
/* Returns the length of the whole result, which gets no NUL. */
int string_escape_mem(const char *from, size_t n, char *to, size_t size, unsigned int flags, const char *only);
#if KT_SINCE(4, 6)
char *kstrdup_quotable(const char *text, gfp_t flags);
char *kstrdup_quotable_cmdline(struct task_struct *task, gfp_t flags);
#endif
#if KT_SINCE(5, 17)
/* "prefix-0", "prefix-1", and so on. */
char **kasprintf_strarray(gfp_t flags, const char *prefix, size_t n);
void kfree_strarray(char **array, size_t n);
#endif
#if KT_SINCE(6, 1)
/* Numbers with commas: an array, its length first. */
int parse_int_array_user(const char __user *from, size_t count, int **array);
#endif
KT_END

static inline int string_unescape_inplace(char *text, unsigned int flags)
{
	return string_unescape(text, text, 0, flags);
}

static inline int string_unescape_any(char *from, char *to, size_t size)
{
	return string_unescape(from, to, size, UNESCAPE_ANY);
}

static inline int string_unescape_any_inplace(char *text)
{
	return string_unescape_any(text, text, 0);
}

static inline int string_escape_mem_any_np(const char *from, size_t n, char *to, size_t size, const char *only)
{
	return string_escape_mem(from, n, to, size, ESCAPE_ANY_NP, only);
}

static inline int string_escape_str(const char *from, char *to, size_t size, unsigned int flags, const char *only)
{
	return string_escape_mem(from, strlen(from), to, size, flags, only);
}

static inline int string_escape_str_any_np(const char *from, char *to, size_t size, const char *only)
{
	return string_escape_str(from, to, size, ESCAPE_ANY_NP, only);
}

#endif
