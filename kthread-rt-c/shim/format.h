/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The kernel's printf: kt_format() is its vsnprintf(). */
#ifndef KT_SHIM_FORMAT_H
#define KT_SHIM_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/*
 * Writes at most `size` bytes, the last of them NUL. Returns the length of the whole text, without
 * the NUL.
 */
int kt_format(char *buf, size_t size, const char *format, va_list args);

/*
 * format_rare.c: a character of %pE, which may become four; and the rare extensions, or -1 if there
 * is no such one. `kind` ends with the extension.
 */
int kt_format_escaped(char c, const char *kind, char to[4]);
int kt_format_rare(char *buf, size_t size, const char *kind, const void *pointer);

#endif
