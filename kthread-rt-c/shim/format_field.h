/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Shared by the files of kt_format(): the output buffer, the specification of a field, and the
 * functions that fill fields.
 */
#ifndef KT_SHIM_FORMAT_FIELD_H
#define KT_SHIM_FORMAT_FIELD_H

#include <stdbool.h>
#include <stddef.h>

/* A pointer below this is invalid. */
#define BAD_BELOW 4096UL

struct out {
	char *buf;
	size_t size;
	size_t length;
};

struct spec {
	char flags[8]; /* the given ones of "-+ #0" */
	int width;     /* -1: none */
	int precision; /* -1: none */
	int bytes;     /* of an integer argument; 0: an int */
};

/* Defined in format_field.c. */
void kt_put(struct out *out, const char *text, size_t length);
void kt_put_formatted(struct out *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
int kt_has_flag(const struct spec *spec, char flag);
void kt_add_flag(struct spec *spec, char flag);
/* The number of leading letters and digits. */
int kt_extension(const char *kind);
/* Text in a field: padded to the width, cut to the precision. */
void kt_put_text(struct out *out, const struct spec *spec, const char *text);
void kt_put_string(struct out *out, const struct spec *spec, const char *text);
/* An unsigned number in a field: sign or prefix, zeros, digits. */
void kt_put_digits(struct out *out, const struct spec *spec, char conversion, unsigned long long value, char sign);
void kt_put_number(struct out *out, const struct spec *spec, char conversion, unsigned long long value);
/* A pointer as a number: with all its digits, unless a width was given. */
void kt_put_address(struct out *out, const struct spec *spec, const void *pointer);

/* Defined in format_pointed.c. */
/* %pS: name+offset/size; %ps: the name alone. */
void kt_put_symbol(struct out *out, const struct spec *spec, const void *pointer, int with_offset);
/* %pe: the name of an error pointer, or its number if it has none. */
void kt_put_error(struct out *out, const struct spec *spec, const void *pointer);
/* %pE: the width is the number of characters, which may be large. */
void kt_put_escaped(struct out *out, const struct spec *spec, const char *kind, const char *from);
/*
 * Prints the object at `pointer`. `kind` is the text after the p. False if there is no such
 * extension.
 */
bool kt_put_pointed_to(struct out *out, const struct spec *spec, const char *kind, const void *pointer);

#endif
