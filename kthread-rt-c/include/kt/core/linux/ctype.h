/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Kinds of characters, without locales: Latin-1. */
#ifndef KT_CORE_LINUX_CTYPE_H
#define KT_CORE_LINUX_CTYPE_H

#if __STDC_HOSTED__
/* The C library's are the same for ASCII, and its headers may be included later. */
#include <ctype.h>
#else
static inline int isdigit(int c)
{
	return c >= '0' && c <= '9';
}

static inline int islower(int c)
{
	unsigned char byte = (unsigned char)c;

	return (byte >= 'a' && byte <= 'z') || (byte >= 0xdf && byte != 0xf7);
}

static inline int isupper(int c)
{
	unsigned char byte = (unsigned char)c;

	return (byte >= 'A' && byte <= 'Z') || (byte >= 0xc0 && byte <= 0xde && byte != 0xd7);
}

static inline int isalpha(int c)
{
	return islower(c) || isupper(c);
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

static inline int isprint(int c)
{
	unsigned char byte = (unsigned char)c;

	return (byte >= ' ' && byte < 0x7f) || byte >= 0xa0;
}

static inline int isgraph(int c)
{
	return isprint(c) && !isspace(c);
}

static inline int ispunct(int c)
{
	return isgraph(c) && !isalnum(c);
}

static inline int toupper(int c)
{
	return islower(c) ? (unsigned char)c - 0x20 : (unsigned char)c;
}

static inline int tolower(int c)
{
	return isupper(c) ? (unsigned char)c + 0x20 : (unsigned char)c;
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
