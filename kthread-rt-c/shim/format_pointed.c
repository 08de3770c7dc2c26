/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Extensions of %p in the kernel's printf that print the object at the pointer, or the pointer's
 * name.
 */
#define _GNU_SOURCE
#include "format.h"
#include "format_field.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Defined in src/abi/symbols.rs. */
bool kt_symbol_at(const void *address, char *name, size_t room, uint64_t *offset, uint64_t *size);

/*
 * %pS: name+offset/size; %ps: the name alone. Static symbols have names, too, unless their file was
 * deleted.
 */
void kt_put_symbol(struct out *out, const struct spec *spec, const void *pointer, int with_offset)
{
	char name[192], text[256];
	uint64_t offset = 0, size = 0;
	bool found = kt_symbol_at(pointer, name, sizeof(name), &offset, &size);

	if (!found) {
		const ElfW(Sym) *symbol = NULL;
		Dl_info info;

		found = dladdr1(pointer, &info, (void **)&symbol, RTLD_DL_SYMENT) && info.dli_sname;
		if (found) {
			snprintf(name, sizeof(name), "%s", info.dli_sname);
			offset = (uint64_t)((const char *)pointer - (const char *)info.dli_saddr);
			size = symbol ? symbol->st_size : 0;
		}
	}
	if (!found)
		snprintf(text, sizeof(text), "0x%lx", (unsigned long)pointer);
	else if (with_offset)
		snprintf(text, sizeof(text), "%s+0x%llx/0x%llx", name, (unsigned long long)offset, (unsigned long long)size);
	else
		snprintf(text, sizeof(text), "%s", name);
	kt_put_text(out, spec, text);
}

/* The name of an error. The C library does not know the kernel-internal ones. */
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
void kt_put_error(struct out *out, const struct spec *spec, const void *pointer)
{
	long number = -(long)(intptr_t)pointer;
	const char *name = error_name(number);
	char text[32];

	if (name) {
		snprintf(text, sizeof(text), "-%s", name);
		kt_put_text(out, spec, text);
	} else if (number > 0 && number < (long)BAD_BELOW) {
		kt_put_digits(out, spec, 'd', (unsigned long long)number, '-');
	} else {
		kt_put_address(out, spec, pointer);
	}
}

/* Bytes in hex, with a separator: %ph, %pM, %pI6. */
static void put_bytes(struct out *out, const unsigned char *bytes, int count, const char *separator)
{
	for (int i = 0; i < count; i++)
		kt_put_formatted(out, "%s%02x", i ? separator : "", bytes[i]);
}

static int bit(const unsigned long *bits, int at)
{
	return bits[at / 64] >> at % 64 & 1;
}

/* %*pbl: the ranges of set bits. */
static void put_bit_list(struct out *out, const unsigned long *bits, int count)
{
	const char *comma = "";

	for (int at = 0, last; at < count; at = last + 1) {
		last = at;
		if (!bit(bits, at))
			continue;
		while (last + 1 < count && bit(bits, last + 1))
			last++;
		kt_put_formatted(out, "%s%d", comma, at);
		if (last > at)
			kt_put_formatted(out, "-%d", last);
		comma = ",";
	}
}

/* %*pb: in hex, the highest bits first, with a comma after each 32 bits. */
static void put_bitmap(struct out *out, const unsigned long *bits, int count)
{
	for (int word = (count + 31) / 32 - 1, first = 1; word >= 0; word--, first = 0) {
		int here = count - word * 32 < 32 ? count - word * 32 : 32;
		unsigned int value = (unsigned int)(bits[word / 2] >> (word % 2 ? 32 : 0));

		if (here < 32)
			value &= (1u << here) - 1;
		kt_put_formatted(out, "%s%0*x", first ? "" : ",", (here + 3) / 4, value);
	}
}

/* %pUb, %pUB, %pUl, %pUL: big or little endian, lower or upper case. */
static void put_uuid(struct out *out, const unsigned char *bytes, char kind)
{
	static const unsigned char little[] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };
	int is_little = kind == 'l' || kind == 'L', is_upper = kind == 'L' || kind == 'B';

	for (int i = 0; i < 16; i++)
		kt_put_formatted(out, is_upper ? "%s%02X" : "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
			      bytes[is_little ? little[i] : i]);
}

/*
 * %pM: with colons, %pMF: with dashes, %pm: without separators; R: in reverse order.
 */
static void put_mac(struct out *out, const unsigned char *bytes, char kind, char how)
{
	for (int i = 0; i < 6; i++)
		kt_put_formatted(out, "%s%02x", !i || kind == 'm' ? "" : how == 'F' ? "-" : ":", bytes[how == 'R' ? 5 - i : i]);
}

/*
 * %pI4, %pi4 (three digits each); h and l: the last byte first, as for a little-endian number.
 */
static void put_ipv4(struct out *out, const unsigned char *bytes, char kind, char order)
{
	for (int i = 0; i < 4; i++)
		kt_put_formatted(out, kind == 'i' ? "%s%03d" : "%s%d", i ? "." : "",
			      bytes[order == 'h' || order == 'l' ? 3 - i : i]);
}

/* %pI6c: without the longest run of zeros. %pI6, and %pi6, which has no colons. */
static void put_ipv6(struct out *out, const unsigned char *bytes, char kind, char how)
{
	char text[INET6_ADDRSTRLEN];

	if (kind == 'I' && how == 'c') {
		kt_put_formatted(out, "%s", inet_ntop(AF_INET6, bytes, text, sizeof(text)));
		return;
	}
	for (int i = 0; i < 16; i += 2)
		kt_put_formatted(out, "%s%02x%02x", i && kind == 'I' ? ":" : "", bytes[i], bytes[i + 1]);
}

/* Calls format_rare.c, with the extension as a text of its own. */
static bool put_rare(struct out *out, const char *kind, const void *pointer)
{
	char name[16], text[256];
	int length, taken = kt_extension(kind);

	if ((size_t)taken >= sizeof(name))
		taken = sizeof(name) - 1;
	memcpy(name, kind, (size_t)taken);
	name[taken] = 0;
	length = kt_format_rare(text, sizeof(text), name, pointer);
	if (length < 0)
		return false;
	kt_put(out, text, (size_t)length);
	return true;
}

/* %pE: the width is the number of characters, which may be large. */
void kt_put_escaped(struct out *out, const struct spec *spec, const char *kind, const char *from)
{
	char text[4];

	for (int i = 0; i < (spec->width < 0 ? 1 : spec->width); i++)
		kt_put(out, text, (size_t)kt_format_escaped(from[i], kind, text));
}

/*
 * Prints the object at `pointer`. `kind` is the text after the p. False if there is no such
 * extension.
 */
bool kt_put_pointed_to(struct out *out, const struct spec *spec, const char *kind, const void *pointer)
{
	const unsigned char *bytes = pointer;

	switch (kind[0]) {
	case 'M':
	case 'm':
		put_mac(out, bytes, kind[0], kind[1]);
		return true;
	case 'a':
		/* A phys_addr_t, by reference. */
		kt_put_formatted(out, "0x%016llx", *(const unsigned long long *)pointer);
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
