/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The kernel's sscanf: no floating point, no %p; numbers wrap instead of saturating, and have no
 * plus; a width includes the sign; %[ needs a width, and has no ranges; %* skips to the next space.
 * Parsing stops at the first mismatch. Returns the number of stored values.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <limits.h>
#include <string.h>

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : INT_MAX;
}

static const char *skip(const char *text)
{
	while (is_space(*text))
		text++;
	return text;
}

/*
 * Parses a set, as in %[abc]; a dash is an ordinary character. Returns the text after it, or NULL
 * if the set is empty or has no end.
 */
static const char *read_set(const char *format, bool set[256])
{
	bool inverted = *format == '^';
	const char *first = format + inverted;

	memset(set, inverted, 256);
	for (format = first; *format && *format != ']'; format++)
		set[(unsigned char)*format] = !inverted;
	return *format && format > first ? format + 1 : NULL;
}

/* Parses a number of at most `width` characters. Returns its end, or NULL if there is none. */
static const char *read_number(const char *text, int base, bool is_signed, int width, unsigned long long *value)
{
	bool minus = is_signed && *text == '-' && width > 1;
	const char *first;

	*value = 0;
	if (minus)
		text++, width--;
	if (base == 0)
		base = text[0] != '0' ? 10 : (text[1] | 0x20) == 'x' && digit_of(text[2]) < 16 ? 16 : 8;
	/* With a width of two only the prefix is read: the number is 0. */
	first = text;
	if (base == 16 && width >= 2 && text[0] == '0' && (text[1] | 0x20) == 'x' && digit_of(text[2]) < 16)
		text += 2, width -= 2;
	for (; width > 0 && digit_of(*text) < base; text++, width--)
		*value = *value * (unsigned int)base + (unsigned int)digit_of(*text);
	if (minus)
		*value = -*value;
	return text == first ? NULL : text;
}

static void store(void *to, int bytes, unsigned long long value)
{
	switch (bytes) {
	case 1: *(unsigned char *)to = (unsigned char)value; break;
	case 2: *(unsigned short *)to = (unsigned short)value; break;
	case 8: *(unsigned long long *)to = value; break;
	default: *(unsigned int *)to = (unsigned int)value;
	}
}

int kt_shim_vsscanf(const char *text, const char *format, va_list args)
{
	const char *begin = text;
	int stored = 0;

	while (*format) {
		bool set[256];
		int width = -1, bytes = 4, base = 10;
		unsigned long long value;

		if (is_space(*format)) {
			format = skip(format);
			text = skip(text);
			continue;
		}
		if (*format != '%' || format[1] == '%') {
			format += *format == '%';
			if (*text != *format)
				break;
			text++, format++;
			continue;
		}
		if (*++format == '*') {
			/* As in the kernel: skips to the next space, whatever the conversion. */
			if (!*text)
				break;
			while (*format && *format != '%' && !is_space(*format))
				if (*format++ == '[')
					return stored;
			while (*text && !is_space(*text))
				text++;
			continue;
		}
		if (*format >= '0' && *format <= '9') {
			for (width = 0; *format >= '0' && *format <= '9'; format++)
				width = width * 10 + (*format - '0');
			if (width <= 0)
				break;
		}
		for (;; format++) {
			if (*format == 'h')
				bytes = bytes == 2 ? 1 : 2;
			else if (*format && strchr("lLzt", *format))
				bytes = 8;
			else
				break;
		}
		if (*format == 'n') {
			store(va_arg(args, void *), bytes, (unsigned long long)(text - begin));
			format++;
			continue;
		}
		if (!*text)
			break;
		switch (*format++) {
		case 'c': {
			size_t count = strnlen(text, width < 0 ? 1 : (size_t)width);

			memcpy(va_arg(args, char *), text, count);
			text += count;
			break;
		}
		case 's': {
			size_t length = 0, most = width < 0 ? SHRT_MAX : (size_t)width;
			char *to;

			text = skip(text);
			while (length < most && text[length] && !is_space(text[length]))
				length++;
			to = va_arg(args, char *);
			memcpy(to, text, length);
			to[length] = 0;
			text += length;
			break;
		}
		case '[': {
			size_t length = 0, most = (size_t)width;
			char *to;

			/* The kernel requires a width here. */
			format = width < 0 ? NULL : read_set(format, set);
			if (!format)
				return stored;
			while (length < most && text[length] && set[(unsigned char)text[length]])
				length++;
			if (!length)
				return stored;
			to = va_arg(args, char *);
			memcpy(to, text, length);
			to[length] = 0;
			text += length;
			break;
		}
		case 'o': case 'x': case 'X': case 'i': case 'd': case 'u': {
			char kind = format[-1];

			base = kind == 'o' ? 8 : kind == 'i' ? 0 : (kind | 0x20) == 'x' ? 16 : 10;
			text = read_number(skip(text), base, kind == 'd' || kind == 'i', width < 0 ? INT_MAX : width, &value);
			if (!text)
				return stored;
			store(va_arg(args, void *), bytes, value);
			break;
		}
		default:
			return stored;
		}
		stored++;
	}
	return stored;
}

int kt_shim_sscanf(const char *text, const char *format, ...)
{
	va_list args;
	int stored;

	va_start(args, format);
	stored = kt_shim_vsscanf(text, format, args);
	va_end(args);
	return stored;
}
