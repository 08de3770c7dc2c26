/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Parses options such as "size=5,mode=0755" by a table of patterns with %d, %u, %o, %x, %s and %%.
 */
#ifndef KT_CORE_LINUX_PARSER_H
#define KT_CORE_LINUX_PARSER_H

#include <kt/core/linux/limits.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

struct match_token {
	int token;
	const char *pattern; /* NULL: anything */
};
typedef struct match_token match_table_t[];

enum { MAX_OPT_ARGS = 3 };

/* A part of the word; `to` is its end. */
typedef struct {
	char *from;
	char *to;
} substring_t;

KT_BEGIN
/*
 * Returns the token of the first pattern that matches the word, and stores the parts that match its
 * conversions.
 */
int match_token(char *word, const match_table_t table, substring_t args[]);
/*
 * Parses a part as a number. Returns 0, -EINVAL, -ERANGE or -ENOMEM. More than `most` characters
 * are out of range.
 */
int kt_match_number(const substring_t *part, unsigned int base, size_t most, int *result);
int kt_match_uint(const substring_t *part, size_t most, unsigned int *result);
int kt_match_u64(const substring_t *part, size_t most, u64 *result);
/* `*` is any text, `?` any character. */
bool match_wildcard(const char *pattern, const char *text);
size_t match_strlcpy(char *to, const substring_t *part, size_t size);
char *match_strdup(const substring_t *part);
KT_END

#if KT_SINCE(6, 2)
#define __KT_MATCH_MOST 23
#else
#define __KT_MATCH_MOST SIZE_MAX
#endif

static inline int match_int(substring_t *part, int *result)
{
	return kt_match_number(part, 0, __KT_MATCH_MOST, result);
}

static inline int match_octal(substring_t *part, int *result)
{
	return kt_match_number(part, 8, __KT_MATCH_MOST, result);
}

static inline int match_hex(substring_t *part, int *result)
{
	return kt_match_number(part, 16, __KT_MATCH_MOST, result);
}

static inline int match_uint(substring_t *part, unsigned int *result)
{
	return kt_match_uint(part, __KT_MATCH_MOST, result);
}

static inline int match_u64(substring_t *part, u64 *result)
{
	return kt_match_u64(part, __KT_MATCH_MOST, result);
}

#endif
