/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The kernel's printf formats. They differ from C's: 0 is printed as a digit with a precision of 0,
 * and with a prefix in hexadecimal; a field with a precision is zero-padded, too; %s of a bad
 * pointer prints that; there is no floating point and no %n, and an invalid conversion ends the
 * text; %p has extensions, to which all letters and digits after it belong.
 *
 * Unlike in a kernel, %p is not hashed: to debug a process, the user needs the address.
 */
#define _GNU_SOURCE
#include "format.h"
#include "format_field.h"

#include <stdint.h>
#include <string.h>

/* The structure that %pV points to. */
struct va_format {
	const char *fmt;
	va_list *va;
};

/* Writes the text of %pV, of any length. */
static void put_nested(struct out *out, const struct va_format *inner)
{
	bool has_room = out->length < out->size;
	va_list args;

	va_copy(args, *inner->va);
	/* One byte more for the NUL, which the following text overwrites. */
	out->length += (size_t)kt_format(has_room ? out->buf + out->length : NULL, has_room ? out->size - out->length + 1 : 0,
					 inner->fmt, args);
	va_end(args);
}

/*
 * The conversion %p; `kind` is the text after the p. Returns how much of `kind` belongs to it: all
 * letters and digits, even without a meaning.
 */
static int put_pointer(struct out *out, const struct spec *spec, const char *kind, const void *pointer)
{
	char text[512];
	struct out told = { text, sizeof(text) - 1, 0 };
	struct spec field = *spec;
	int taken = kt_extension(kind);

	switch (kind[0]) {
	case 'S':
	case 'F':
	case 'B':
		kt_put_symbol(out, spec, pointer, 1);
		return taken;
	case 's':
	case 'f':
		kt_put_symbol(out, spec, pointer, 0);
		return taken;
	case 'e':
		kt_put_error(out, spec, pointer);
		return taken;
	}
	if (!kind[0] || !strchr("VMmIihabUEG4trR", kind[0])) {
		kt_put_address(out, spec, pointer);
	} else if ((uintptr_t)pointer < BAD_BELOW || (uintptr_t)pointer > (uintptr_t)-BAD_BELOW) {
		kt_put_string(out, spec, pointer);
	} else if (kind[0] == 'V') {
		put_nested(out, pointer);
	} else if (kind[0] == 'E') {
		kt_put_escaped(out, spec, kind + 1, pointer);
	} else if (kind[0] == 'b') {
		/* The width is the number of bits, which may be large. */
		kt_put_pointed_to(out, spec, kind, pointer);
	} else if (!kt_put_pointed_to(&told, spec, kind, pointer)) {
		kt_put_address(out, spec, pointer);
	} else {
		/* For bytes, the width was their number. */
		text[told.length] = 0;
		field.precision = -1;
		if (kind[0] == 'h')
			field.width = -1;
		kt_put_text(out, &field, text);
	}
	return taken;
}

int kt_format(char *buf, size_t size, const char *format, va_list args)
{
	struct out out = { buf, size ? size - 1 : 0, 0 };

	while (*format) {
		struct spec spec = { "", -1, -1, 0 };
		const char *percent = strchrnul(format, '%');

		kt_put(&out, format, (size_t)(percent - format));
		if (!*percent)
			break;
		format = percent + 1;
		for (; *format && strchr("-+ #0", *format); format++)
			kt_add_flag(&spec, *format);
		if (*format == '*') {
			spec.width = va_arg(args, int);
			format++;
			if (spec.width < 0) {
				spec.width = -spec.width;
				kt_add_flag(&spec, '-');
			}
		} else if (*format >= '0' && *format <= '9') {
			for (spec.width = 0; *format >= '0' && *format <= '9'; format++)
				spec.width = spec.width * 10 + (*format - '0');
		}
		if (*format == '.') {
			/*
			 * Unlike in C, a dot without a number means no precision, and a negative
			 * precision means 0.
			 */
			if (*++format == '*') {
				spec.precision = va_arg(args, int);
				if (spec.precision < 0)
					spec.precision = 0;
				format++;
			} else if (*format >= '0' && *format <= '9') {
				spec.precision = 0;
			}
			for (; *format >= '0' && *format <= '9'; format++)
				spec.precision = spec.precision * 10 + (*format - '0');
		}
		for (;; format++) {
			if (*format == 'h')
				spec.bytes = spec.bytes == 2 ? 1 : 2;
			else if (*format && strchr("lLqzZt", *format))
				spec.bytes = 8;
			else
				break;
		}
		switch (*format) {
		case 'd': case 'i': case 'u': case 'x': case 'X': case 'o':
			kt_put_number(&out, &spec, *format,
				   spec.bytes == 8 ? va_arg(args, unsigned long long) : va_arg(args, unsigned int));
			break;
		case 'c': {
			char text[2] = { (char)va_arg(args, int), 0 };

			spec.precision = -1;
			if (text[0])
				kt_put_text(&out, &spec, text);
			else
				kt_put(&out, text, 1);
			break;
		}
		case 's':
			kt_put_string(&out, &spec, va_arg(args, const char *));
			break;
		case 'p':
			format += put_pointer(&out, &spec, format + 1, va_arg(args, const void *));
			break;
		case '%':
			kt_put(&out, "%", 1);
			break;
		default:
			/*
			 * The kernel warns, and stops, since it does not know the argument's type.
			 */
			goto end;
		}
		format++;
	}
end:
	if (size)
		buf[out.length < size ? out.length : size - 1] = 0;
	return (int)out.length;
}
