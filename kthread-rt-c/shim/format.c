/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The kernel's printf formats. What C's printf has too is left to it, one conversion at a time; what is the kernel's own is
 * done here: %p and its extensions, %s of a bad pointer, no floating point, no %n.
 *
 * Different from a kernel: %p is not hashed. Whoever debugs a process wants the address.
 */
#define _GNU_SOURCE
#include "format.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define BAD_BELOW 4096UL

struct out {
	char *buf;
	size_t size;
	size_t length;
};

struct spec {
	char flags[8]; /* those of "-+ #0" that were given */
	int width;     /* -1: none */
	int precision; /* -1: none */
	int bytes;     /* of an integer argument; 0: an int */
};

/* What %pV points to. */
struct va_format {
	const char *fmt;
	va_list *va;
};

static void put(struct out *out, const char *text, size_t length)
{
	if (out->length < out->size) {
		size_t room = out->size - out->length;
		memcpy(out->buf + out->length, text, length < room ? length : room);
	}
	out->length += length;
}

static void put_formatted(struct out *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put_formatted(struct out *out, const char *format, ...)
{
	char text[512];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (length > 0)
		put(out, text, (size_t)length < sizeof(text) ? (size_t)length : sizeof(text) - 1);
}

static int has(const struct spec *spec, char flag)
{
	return strchr(spec->flags, flag) != NULL;
}

/* Text in a field: padded to the width, cut to the precision. */
static void put_text(struct out *out, const struct spec *spec, const char *text)
{
	size_t length = spec->precision < 0 ? strlen(text) : strnlen(text, (size_t)spec->precision);
	size_t pad = spec->width > 0 && (size_t)spec->width > length ? (size_t)spec->width - length : 0;

	for (size_t i = 0; i < pad && !has(spec, '-'); i++)
		put(out, " ", 1);
	put(out, text, length);
	for (size_t i = 0; i < pad && has(spec, '-'); i++)
		put(out, " ", 1);
}

static void put_string(struct out *out, const struct spec *spec, const char *text)
{
	uintptr_t address = (uintptr_t)text;

	if (!text)
		text = "(null)";
	else if (address < BAD_BELOW || address > (uintptr_t)-BAD_BELOW)
		text = "(efault)";
	put_text(out, spec, text);
}

static void put_number(struct out *out, const struct spec *spec, char conversion, unsigned long long value)
{
	char format[32];

	if (conversion == 'd' || conversion == 'i') {
		switch (spec->bytes) {
		case 1: value = (unsigned long long)(signed char)value; break;
		case 2: value = (unsigned long long)(short)value; break;
		case 0: value = (unsigned long long)(int)value; break;
		}
	} else {
		switch (spec->bytes) {
		case 1: value = (unsigned char)value; break;
		case 2: value = (unsigned short)value; break;
		case 0: value = (unsigned int)value; break;
		}
	}
	snprintf(format, sizeof(format), "%%%s*.*ll%c", spec->flags, conversion);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	put_formatted(out, format, spec->width < 0 ? 0 : spec->width, spec->precision, value);
#pragma GCC diagnostic pop
}

/* A pointer as a number: as many digits as it has, unless a width was given. */
static void put_address(struct out *out, const struct spec *spec, const void *pointer)
{
	char text[32];
	struct spec field = *spec;

	snprintf(text, sizeof(text), "%s%0*lx", has(spec, '#') ? "0x" : "", (int)(2 * sizeof(pointer)),
		 (unsigned long)pointer);
	field.precision = -1;
	put_text(out, &field, text);
}

/* %pS: name+offset/size; %ps: the name alone. */
static void put_symbol(struct out *out, const struct spec *spec, const void *pointer, int with_offset)
{
	Dl_info info;
	const ElfW(Sym) *symbol = NULL;
	char text[256];

	if (!dladdr1(pointer, &info, (void **)&symbol, RTLD_DL_SYMENT) || !info.dli_sname) {
		snprintf(text, sizeof(text), "0x%lx", (unsigned long)pointer);
	} else if (with_offset) {
		snprintf(text, sizeof(text), "%s+0x%lx/0x%lx", info.dli_sname,
			 (unsigned long)((const char *)pointer - (const char *)info.dli_saddr),
			 symbol ? (unsigned long)symbol->st_size : 0UL);
	} else {
		snprintf(text, sizeof(text), "%s", info.dli_sname);
	}
	put_text(out, spec, text);
}

/* %pe: the name of an error pointer. */
static void put_error(struct out *out, const struct spec *spec, const void *pointer)
{
	long number = -(long)(intptr_t)pointer;
	const char *name = number > 0 && number < (long)BAD_BELOW ? strerrorname_np((int)number) : NULL;
	char text[32];

	if (number == 512)
		name = "ERESTARTSYS";
	if (!name) {
		put_address(out, spec, pointer);
		return;
	}
	snprintf(text, sizeof(text), "-%s", name);
	put_text(out, spec, text);
}

/* Bytes in hex, with a separator: %ph, %pM, %pI6. */
static void put_bytes(struct out *out, const unsigned char *bytes, int count, const char *separator)
{
	for (int i = 0; i < count; i++)
		put_formatted(out, "%s%02x", i ? separator : "", bytes[i]);
}

static int bit(const unsigned long *bits, int at)
{
	return bits[at / 64] >> at % 64 & 1;
}

/* %*pbl: ranges of the bits that are set. */
static void put_bit_list(struct out *out, const unsigned long *bits, int count)
{
	const char *comma = "";

	for (int at = 0, last; at < count; at = last + 1) {
		last = at;
		if (!bit(bits, at))
			continue;
		while (last + 1 < count && bit(bits, last + 1))
			last++;
		put_formatted(out, "%s%d", comma, at);
		if (last > at)
			put_formatted(out, "-%d", last);
		comma = ",";
	}
}

/* %*pb: in hex, the highest first, a comma after each 32 of them. */
static void put_bitmap(struct out *out, const unsigned long *bits, int count)
{
	for (int word = (count + 31) / 32 - 1, first = 1; word >= 0; word--, first = 0) {
		int here = count - word * 32 < 32 ? count - word * 32 : 32;
		unsigned int value = (unsigned int)(bits[word / 2] >> (word % 2 ? 32 : 0));

		if (here < 32)
			value &= (1u << here) - 1;
		put_formatted(out, "%s%0*x", first ? "" : ",", (here + 3) / 4, value);
	}
}

/* %pUb, %pUB, %pUl, %pUL: big or little endian, lower or upper case. */
static int put_uuid(struct out *out, const unsigned char *bytes, char kind)
{
	static const unsigned char little[] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };
	int is_little = kind == 'l' || kind == 'L', is_upper = kind == 'L' || kind == 'B';

	for (int i = 0; i < 16; i++)
		put_formatted(out, is_upper ? "%s%02X" : "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
			      bytes[is_little ? little[i] : i]);
	return is_little || is_upper || kind == 'b' ? 2 : 1;
}

/* The conversion %p, of which `rest` is what follows the p. Returns how much of `rest` belongs to it. */
static int put_pointer(struct out *out, const struct spec *spec, const char *rest, const void *pointer)
{
	const unsigned char *bytes = pointer;
	int bad = (uintptr_t)pointer < BAD_BELOW || (uintptr_t)pointer > (uintptr_t)-BAD_BELOW;

	switch (rest[0]) {
	case 'x':
	case 'K':
		put_address(out, spec, pointer);
		return 1;
	case 'S':
	case 'F':
	case 'B':
		put_symbol(out, spec, pointer, 1);
		return rest[1] == 'R' || rest[1] == 'b' ? 2 : 1;
	case 's':
	case 'f':
		put_symbol(out, spec, pointer, 0);
		return 1;
	case 'e':
		put_error(out, spec, pointer);
		return 1;
	}
	if (bad || !strchr("VMmIihabU", rest[0]) || !rest[0]) {
		int known = rest[0] && strchr("VMmhabU", rest[0]);

		if (known && bad)
			put_string(out, spec, pointer);
		else
			put_address(out, spec, pointer);
		return known ? 1 : 0;
	}
	switch (rest[0]) {
	case 'V': {
		const struct va_format *inner = pointer;
		char text[1024];
		va_list args;

		va_copy(args, *inner->va);
		kt_format(text, sizeof(text), inner->fmt, args);
		va_end(args);
		put(out, text, strlen(text));
		return 1;
	}
	case 'M':
		if (rest[1] == 'R') {
			const unsigned char reversed[] = { bytes[5], bytes[4], bytes[3], bytes[2], bytes[1], bytes[0] };

			put_bytes(out, reversed, 6, ":");
			return 2;
		}
		put_bytes(out, bytes, 6, rest[1] == 'F' ? "-" : ":");
		return rest[1] == 'F' ? 2 : 1;
	case 'a':
		/* A phys_addr_t, by reference. */
		put_formatted(out, "0x%016llx", *(const unsigned long long *)pointer);
		return rest[1] == 'p' || rest[1] == 'd' ? 2 : 1;
	case 'b':
		if (rest[1] == 'l')
			put_bit_list(out, pointer, spec->width < 0 ? 0 : spec->width);
		else
			put_bitmap(out, pointer, spec->width < 0 ? 0 : spec->width);
		return rest[1] == 'l' ? 2 : 1;
	case 'U':
		return put_uuid(out, bytes, rest[1]);
	case 'm':
		put_bytes(out, bytes, 6, "");
		return 1;
	case 'h': {
		const char *separator = rest[1] == 'C' ? ":" : rest[1] == 'D' ? "-" : rest[1] == 'N' ? "" : " ";

		put_bytes(out, bytes, spec->width < 0 ? 1 : spec->width > 64 ? 64 : spec->width, separator);
		return separator[0] == ' ' ? 1 : 2;
	}
	case 'I':
	case 'i':
		if (rest[1] == '4') {
			put_formatted(out, rest[0] == 'I' ? "%d.%d.%d.%d" : "%03d.%03d.%03d.%03d", bytes[0], bytes[1],
				      bytes[2], bytes[3]);
			return 2;
		}
		if (rest[1] == '6' && rest[2] == 'c') {
			char text[INET6_ADDRSTRLEN];

			put_formatted(out, "%s", inet_ntop(AF_INET6, bytes, text, sizeof(text)));
			return 3;
		}
		if (rest[1] == '6') {
			for (int i = 0; i < 16; i += 2)
				put_formatted(out, "%s%02x%02x", i && rest[0] == 'I' ? ":" : "", bytes[i], bytes[i + 1]);
			return 2;
		}
	}
	put_address(out, spec, pointer);
	return 0;
}

int kt_format(char *buf, size_t size, const char *format, va_list args)
{
	struct out out = { buf, size ? size - 1 : 0, 0 };

	while (*format) {
		struct spec spec = { "", -1, -1, 0 };
		const char *percent = strchrnul(format, '%');
		size_t flags = 0;

		put(&out, format, (size_t)(percent - format));
		if (!*percent)
			break;
		format = percent + 1;
		for (; *format && strchr("-+ #0", *format); format++)
			if (flags < sizeof(spec.flags) - 1 && !has(&spec, *format))
				spec.flags[flags++] = *format;
		if (*format == '*') {
			spec.width = va_arg(args, int);
			format++;
			if (spec.width < 0) {
				spec.width = -spec.width;
				if (!has(&spec, '-'))
					spec.flags[flags++] = '-';
			}
		} else if (*format >= '0' && *format <= '9') {
			for (spec.width = 0; *format >= '0' && *format <= '9'; format++)
				spec.width = spec.width * 10 + (*format - '0');
		}
		if (*format == '.') {
			spec.precision = 0;
			if (*++format == '*') {
				spec.precision = va_arg(args, int);
				format++;
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
			put_number(&out, &spec, *format,
				   spec.bytes == 8 ? va_arg(args, unsigned long long) : va_arg(args, unsigned int));
			break;
		case 'c': {
			char text[2] = { (char)va_arg(args, int), 0 };

			spec.precision = -1;
			if (text[0])
				put_text(&out, &spec, text);
			else
				put(&out, text, 1);
			break;
		}
		case 's':
			put_string(&out, &spec, va_arg(args, const char *));
			break;
		case 'p':
			format += put_pointer(&out, &spec, format + 1, va_arg(args, const void *));
			break;
		case '%':
			put(&out, "%", 1);
			break;
		case 0:
			continue;
		default:
			/* The kernel warns, and prints it as it stands. */
			put(&out, percent, (size_t)(format + 1 - percent));
		}
		format++;
	}
	if (size)
		buf[out.length < size ? out.length : size - 1] = 0;
	return (int)out.length;
}
