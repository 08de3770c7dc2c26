/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The fields of the kernel's printf: texts and numbers with width, precision and flags. */
#include "format_field.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

void kt_put(struct out *out, const char *text, size_t length)
{
	if (out->length < out->size) {
		size_t room = out->size - out->length;
		memcpy(out->buf + out->length, text, length < room ? length : room);
	}
	out->length += length;
}

void kt_put_formatted(struct out *out, const char *format, ...)
{
	char text[512];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (length > 0)
		kt_put(out, text, (size_t)length < sizeof(text) ? (size_t)length : sizeof(text) - 1);
}

int kt_has_flag(const struct spec *spec, char flag)
{
	return strchr(spec->flags, flag) != NULL;
}

void kt_add_flag(struct spec *spec, char flag)
{
	size_t flags = strlen(spec->flags);

	if (!kt_has_flag(spec, flag) && flags < sizeof(spec->flags) - 1)
		spec->flags[flags] = flag;
}

/* The number of leading letters and digits. */
int kt_extension(const char *kind)
{
	int length = 0;

	while ((kind[length] >= '0' && kind[length] <= '9') || ((kind[length] | 0x20) >= 'a' && (kind[length] | 0x20) <= 'z'))
		length++;
	return length;
}

/* Text in a field: padded to the width, cut to the precision. */
void kt_put_text(struct out *out, const struct spec *spec, const char *text)
{
	size_t length = spec->precision < 0 ? strlen(text) : strnlen(text, (size_t)spec->precision);
	size_t pad = spec->width > 0 && (size_t)spec->width > length ? (size_t)spec->width - length : 0;

	for (size_t i = 0; i < pad && !kt_has_flag(spec, '-'); i++)
		kt_put(out, " ", 1);
	kt_put(out, text, length);
	for (size_t i = 0; i < pad && kt_has_flag(spec, '-'); i++)
		kt_put(out, " ", 1);
}

void kt_put_string(struct out *out, const struct spec *spec, const char *text)
{
	uintptr_t address = (uintptr_t)text;

	if (!text)
		text = "(null)";
	else if (address < BAD_BELOW || address > (uintptr_t)-BAD_BELOW)
		text = "(efault)";
	kt_put_text(out, spec, text);
}

/* An unsigned number in a field: sign or prefix, zeros, digits. */
void kt_put_digits(struct out *out, const struct spec *spec, char conversion, unsigned long long value, char sign)
{
	const char *digits = conversion == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
	unsigned int base = conversion == 'o' ? 8 : (conversion | 0x20) == 'x' ? 16 : 10;
	char prefix[3] = { sign, 0, 0 };
	char text[24];
	int at = sizeof(text), length, zeros, pad;

	if (kt_has_flag(spec, '#') && base == 16)
		prefix[0] = '0', prefix[1] = conversion;
	else if (kt_has_flag(spec, '#') && base == 8 && value)
		prefix[0] = '0';
	do
		text[--at] = digits[value % base];
	while (value /= base);
	length = (int)sizeof(text) - at;
	zeros = spec->precision > length ? spec->precision - length : 0;
	pad = spec->width - (int)strlen(prefix) - zeros - length;
	if (pad > 0 && kt_has_flag(spec, '0') && !kt_has_flag(spec, '-')) {
		zeros += pad;
		pad = 0;
	}
	for (int i = 0; i < pad && !kt_has_flag(spec, '-'); i++)
		kt_put(out, " ", 1);
	kt_put(out, prefix, strlen(prefix));
	for (int i = 0; i < zeros; i++)
		kt_put(out, "0", 1);
	kt_put(out, text + at, (size_t)length);
	for (int i = 0; i < pad && kt_has_flag(spec, '-'); i++)
		kt_put(out, " ", 1);
}

void kt_put_number(struct out *out, const struct spec *spec, char conversion, unsigned long long value)
{
	char sign = 0;

	if (conversion == 'd' || conversion == 'i') {
		long long number = (long long)value;

		switch (spec->bytes) {
		case 1: number = (signed char)value; break;
		case 2: number = (short)value; break;
		case 0: number = (int)value; break;
		}
		sign = number < 0 ? '-' : kt_has_flag(spec, '+') ? '+' : kt_has_flag(spec, ' ') ? ' ' : 0;
		value = number < 0 ? -(unsigned long long)number : (unsigned long long)number;
	} else {
		switch (spec->bytes) {
		case 1: value = (unsigned char)value; break;
		case 2: value = (unsigned short)value; break;
		case 0: value = (unsigned int)value; break;
		}
	}
	kt_put_digits(out, spec, conversion, value, sign);
}

/* A pointer as a number: with all its digits, unless a width was given. */
void kt_put_address(struct out *out, const struct spec *spec, const void *pointer)
{
	struct spec field = *spec;

	field.precision = -1;
	if (field.width < 0) {
		field.width = 2 * sizeof(pointer);
		kt_add_flag(&field, '0');
	}
	kt_put_digits(out, &field, 'x', (uintptr_t)pointer, 0);
}
