/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Kinds of characters, without locales: Latin-1, as in a kernel, of which only ASCII and the hard space are told apart here. */
#ifndef KT_CORE_LINUX_CTYPE_H
#define KT_CORE_LINUX_CTYPE_H

#if __STDC_HOSTED__
/* The C library's are the same in the C locale, and its headers may be included later. */
#include <ctype.h>
#else
static inline int isdigit(int c)
{
	return c >= '0' && c <= '9';
}

static inline int islower(int c)
{
	return c >= 'a' && c <= 'z';
}

static inline int isupper(int c)
{
	return c >= 'A' && c <= 'Z';
}

static inline int isalpha(int c)
{
	return islower(c | 0x20);
}

static inline int isalnum(int c)
{
	return isalpha(c) || isdigit(c);
}

static inline int isxdigit(int c)
{
	return isdigit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static inline int isspace(int c)
{
	unsigned char byte = (unsigned char)c;

	return byte == ' ' || (byte >= '\t' && byte <= '\r') || byte == 0xa0;
}

static inline int iscntrl(int c)
{
	unsigned char byte = (unsigned char)c;

	return byte < ' ' || byte == 0x7f;
}

static inline int isgraph(int c)
{
	return c > ' ' && c < 0x7f;
}

static inline int isprint(int c)
{
	return c >= ' ' && c < 0x7f;
}

static inline int ispunct(int c)
{
	return isgraph(c) && !isalnum(c);
}

static inline int toupper(int c)
{
	return islower(c) ? c - 0x20 : c;
}

static inline int tolower(int c)
{
	return isupper(c) ? c + 0x20 : c;
}

#endif

#ifndef isascii
#define isascii(c) (((unsigned char)(c)) <= 0x7f)
#endif
#ifndef toascii
#define toascii(c) (((unsigned char)(c)) & 0x7f)
#endif

static inline int isodigit(int c)
{
	return c >= '0' && c <= '7';
}

#ifndef _tolower

static inline char _tolower(const char c)
{
	return (char)(c | 0x20);
}

#endif

#endif
