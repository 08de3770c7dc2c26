/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The kernel's printf: kt_format() is its vsnprintf(). */
#ifndef KT_SHIM_FORMAT_H
#define KT_SHIM_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/* Writes at most `size` bytes, the last of them NUL. Returns the length of the whole text, without the NUL. */
int kt_format(char *buf, size_t size, const char *format, va_list args);

#endif
