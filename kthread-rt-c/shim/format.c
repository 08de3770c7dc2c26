/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The kernel's printf formats. They are C's but for this: 0 has a digit with a precision of 0, and a prefix in hexadecimal;
 * zeros fill a field that has a precision, too; %s of a bad pointer is told; there is no floating point and no %n, and
 * what is no conversion ends the text; %p has extensions, of which all letters and digits behind it are.
 *
 * Different from a kernel: %p is not hashed. Whoever debugs a process wants the address.
 */
#define _GNU_SOURCE
#include "format.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <link.h>
#include <stdbool.h>
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

static void add_flag(struct spec *spec, char flag)
{
	size_t flags = strlen(spec->flags);

	if (!has(spec, flag) && flags < sizeof(spec->flags) - 1)
		spec->flags[flags] = flag;
}

/* How many letters and digits there are. */
static int extension(const char *kind)
{
	int length = 0;

	while ((kind[length] >= '0' && kind[length] <= '9') || ((kind[length] | 0x20) >= 'a' && (kind[length] | 0x20) <= 'z'))
		length++;
	return length;
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

/* An unsigned number in a field: sign or prefix, zeros, digits. */
static void put_digits(struct out *out, const struct spec *spec, char conversion, unsigned long long value, char sign)
{
	const char *digits = conversion == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
	unsigned int base = conversion == 'o' ? 8 : (conversion | 0x20) == 'x' ? 16 : 10;
	char prefix[3] = { sign, 0, 0 };
	char text[24];
	int at = sizeof(text), length, zeros, pad;

	if (has(spec, '#') && base == 16)
		prefix[0] = '0', prefix[1] = conversion;
	else if (has(spec, '#') && base == 8 && value)
		prefix[0] = '0';
	do
		text[--at] = digits[value % base];
	while (value /= base);
	length = (int)sizeof(text) - at;
	zeros = spec->precision > length ? spec->precision - length : 0;
	pad = spec->width - (int)strlen(prefix) - zeros - length;
	if (pad > 0 && has(spec, '0') && !has(spec, '-')) {
		zeros += pad;
		pad = 0;
	}
	for (int i = 0; i < pad && !has(spec, '-'); i++)
		put(out, " ", 1);
	put(out, prefix, strlen(prefix));
	for (int i = 0; i < zeros; i++)
		put(out, "0", 1);
	put(out, text + at, (size_t)length);
	for (int i = 0; i < pad && has(spec, '-'); i++)
		put(out, " ", 1);
}

static void put_number(struct out *out, const struct spec *spec, char conversion, unsigned long long value)
{
	char sign = 0;

	if (conversion == 'd' || conversion == 'i') {
		long long number = (long long)value;

		switch (spec->bytes) {
		case 1: number = (signed char)value; break;
		case 2: number = (short)value; break;
		case 0: number = (int)value; break;
		}
		sign = number < 0 ? '-' : has(spec, '+') ? '+' : has(spec, ' ') ? ' ' : 0;
		value = number < 0 ? -(unsigned long long)number : (unsigned long long)number;
	} else {
		switch (spec->bytes) {
		case 1: value = (unsigned char)value; break;
		case 2: value = (unsigned short)value; break;
		case 0: value = (unsigned int)value; break;
		}
	}
	put_digits(out, spec, conversion, value, sign);
}

/* A pointer as a number: with all its digits, unless a width was given. */
static void put_address(struct out *out, const struct spec *spec, const void *pointer)
{
	struct spec field = *spec;

	field.precision = -1;
	if (field.width < 0) {
		field.width = 2 * sizeof(pointer);
		add_flag(&field, '0');
	}
	put_digits(out, &field, 'x', (uintptr_t)pointer, 0);
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

/* The name of an error: those that no program sees are not the C library's. */
static const char *error_name(long number)
{
	static const struct {
		int number;
		const char *name;
	} own[] = {
		{ 95, "EOPNOTSUPP" },       { 512, "ERESTARTSYS" },     { 513, "ERESTARTNOINTR" },
		{ 514, "ERESTARTNOHAND" },  { 515, "ENOIOCTLCMD" },     { 516, "ERESTART_RESTARTBLOCK" },
		{ 517, "EPROBE_DEFER" },    { 518, "EOPENSTALE" },      { 519, "ENOPARAM" },
		{ 521, "EBADHANDLE" },      { 522, "ENOTSYNC" },        { 523, "EBADCOOKIE" },
		{ 524, "ENOTSUPP" },        { 525, "ETOOSMALL" },       { 526, "ESERVERFAULT" },
		{ 527, "EBADTYPE" },        { 528, "EJUKEBOX" },        { 529, "EIOCBQUEUED" },
		{ 530, "ERECALLCONFLICT" },
	};

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (own[i].number == number)
			return own[i].name;
	return number > 0 && number < (long)BAD_BELOW ? strerrorname_np((int)number) : NULL;
}

/* %pe: the name of an error pointer, or its number if it has none. */
static void put_error(struct out *out, const struct spec *spec, const void *pointer)
{
	long number = -(long)(intptr_t)pointer;
	const char *name = error_name(number);
	char text[32];

	if (name) {
		snprintf(text, sizeof(text), "-%s", name);
		put_text(out, spec, text);
	} else if (number > 0 && number < (long)BAD_BELOW) {
		put_digits(out, spec, 'd', (unsigned long long)number, '-');
	} else {
		put_address(out, spec, pointer);
	}
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
static void put_uuid(struct out *out, const unsigned char *bytes, char kind)
{
	static const unsigned char little[] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };
	int is_little = kind == 'l' || kind == 'L', is_upper = kind == 'L' || kind == 'B';

	for (int i = 0; i < 16; i++)
		put_formatted(out, is_upper ? "%s%02X" : "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
			      bytes[is_little ? little[i] : i]);
}

/* %pM: with colons, %pMF: with dashes, %pm: with nothing between; and R: from the last to the first. */
static void put_mac(struct out *out, const unsigned char *bytes, char kind, char how)
{
	for (int i = 0; i < 6; i++)
		put_formatted(out, "%s%02x", !i || kind == 'm' ? "" : how == 'F' ? "-" : ":", bytes[how == 'R' ? 5 - i : i]);
}

/* %pI4, %pi4 (three digits each); h and l: from the last byte to the first, as a little-endian number is. */
static void put_ipv4(struct out *out, const unsigned char *bytes, char kind, char order)
{
	for (int i = 0; i < 4; i++)
		put_formatted(out, kind == 'i' ? "%s%03d" : "%s%d", i ? "." : "",
			      bytes[order == 'h' || order == 'l' ? 3 - i : i]);
}

/* %pI6c: the longest run of zeros is left out. %pI6, and %pi6, which has no colons. */
static void put_ipv6(struct out *out, const unsigned char *bytes, char kind, char how)
{
	char text[INET6_ADDRSTRLEN];

	if (kind == 'I' && how == 'c') {
		put_formatted(out, "%s", inet_ntop(AF_INET6, bytes, text, sizeof(text)));
		return;
	}
	for (int i = 0; i < 16; i += 2)
		put_formatted(out, "%s%02x%02x", i && kind == 'I' ? ":" : "", bytes[i], bytes[i + 1]);
}

/* What is in format_rare.c. It wants to know where the extension ends. */
static bool put_rare(struct out *out, const char *kind, const void *pointer)
{
	char name[16], text[256];
	int length, taken = extension(kind);

	if ((size_t)taken >= sizeof(name))
		taken = sizeof(name) - 1;
	memcpy(name, kind, (size_t)taken);
	name[taken] = 0;
	length = kt_format_rare(text, sizeof(text), name, pointer);
	if (length < 0)
		return false;
	put(out, text, (size_t)length);
	return true;
}

/* %pE: the width is the number of characters, of which there may be many. */
static void put_escaped(struct out *out, const struct spec *spec, const char *kind, const char *from)
{
	char text[4];

	for (int i = 0; i < (spec->width < 0 ? 1 : spec->width); i++)
		put(out, text, (size_t)kt_format_escaped(from[i], kind, text));
}

/* What `pointer` points to; `kind` is what follows the p. False if there is no such extension. */
static bool put_pointed_to(struct out *out, const struct spec *spec, const char *kind, const void *pointer)
{
	const unsigned char *bytes = pointer;

	switch (kind[0]) {
	case 'M':
	case 'm':
		put_mac(out, bytes, kind[0], kind[1]);
		return true;
	case 'a':
		/* A phys_addr_t, by reference. */
		put_formatted(out, "0x%016llx", *(const unsigned long long *)pointer);
		return true;
	case 'b':
		if (kind[1] == 'l')
			put_bit_list(out, pointer, spec->width < 0 ? 0 : spec->width);
		else
			put_bitmap(out, pointer, spec->width < 0 ? 0 : spec->width);
		return true;
	case 'U':
		put_uuid(out, bytes, kind[1]);
		return true;
	case 'h':
		put_bytes(out, bytes, spec->width < 0 ? 1 : spec->width > 64 ? 64 : spec->width,
			  kind[1] == 'C' ? ":" : kind[1] == 'D' ? "-" : kind[1] == 'N' ? "" : " ");
		return true;
	case 'I':
	case 'i':
		if (kind[1] == '4')
			put_ipv4(out, bytes, kind[0], kind[2]);
		else if (kind[1] == '6')
			put_ipv6(out, bytes, kind[0], kind[2]);
		else
			return put_rare(out, kind, pointer);
		return true;
	}
	return put_rare(out, kind, pointer);
}

/* What %pV points to, of any length. */
static void put_nested(struct out *out, const struct va_format *inner)
{
	bool has_room = out->length < out->size;
	va_list args;

	va_copy(args, *inner->va);
	/* One more for the NUL, which what follows, or the end, writes over. */
	out->length += (size_t)kt_format(has_room ? out->buf + out->length : NULL, has_room ? out->size - out->length + 1 : 0,
					 inner->fmt, args);
	va_end(args);
}

/*
 * The conversion %p, of which `kind` is what follows the p. Returns how much of `kind` belongs to it: all letters and
 * digits, of whatever meaning.
 */
static int put_pointer(struct out *out, const struct spec *spec, const char *kind, const void *pointer)
{
	char text[512];
	struct out told = { text, sizeof(text) - 1, 0 };
	struct spec field = *spec;
	int taken = extension(kind);

	switch (kind[0]) {
	case 'S':
	case 'F':
	case 'B':
		put_symbol(out, spec, pointer, 1);
		return taken;
	case 's':
	case 'f':
		put_symbol(out, spec, pointer, 0);
		return taken;
	case 'e':
		put_error(out, spec, pointer);
		return taken;
	}
	if (!kind[0] || !strchr("VMmIihabUEG4trR", kind[0])) {
		put_address(out, spec, pointer);
	} else if ((uintptr_t)pointer < BAD_BELOW || (uintptr_t)pointer > (uintptr_t)-BAD_BELOW) {
		put_string(out, spec, pointer);
	} else if (kind[0] == 'V') {
		put_nested(out, pointer);
	} else if (kind[0] == 'E') {
		put_escaped(out, spec, kind + 1, pointer);
	} else if (kind[0] == 'b') {
		/* The width is the number of bits, of which there may be many. */
		put_pointed_to(out, spec, kind, pointer);
	} else if (!put_pointed_to(&told, spec, kind, pointer)) {
		put_address(out, spec, pointer);
	} else {
		/* For bytes, the width was how many they are. */
		text[told.length] = 0;
		field.precision = -1;
		if (kind[0] == 'h')
			field.width = -1;
		put_text(out, &field, text);
	}
	return taken;
}

int kt_format(char *buf, size_t size, const char *format, va_list args)
{
	struct out out = { buf, size ? size - 1 : 0, 0 };

	while (*format) {
		struct spec spec = { "", -1, -1, 0 };
		const char *percent = strchrnul(format, '%');

		put(&out, format, (size_t)(percent - format));
		if (!*percent)
			break;
		format = percent + 1;
		for (; *format && strchr("-+ #0", *format); format++)
			add_flag(&spec, *format);
		if (*format == '*') {
			spec.width = va_arg(args, int);
			format++;
			if (spec.width < 0) {
				spec.width = -spec.width;
				add_flag(&spec, '-');
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
		default:
			/* The kernel warns, and does not know what its argument is. */
			goto end;
		}
		format++;
	}
end:
	if (size)
		buf[out.length < size ? out.length : size - 1] = 0;
	return (int)out.length;
}
