/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Extensions of %p that few modules use: %pE, %pG, %p4cc, %pt, %pr, %pR, %pIS. See format.c. */
#include <kt/core/linux/gfp.h>
#include <kt/core/linux/in.h>
#include <kt/core/linux/in6.h>
#include <kt/core/linux/ioport.h>
#include <kt/core/linux/kernel.h>
#include <kt/core/linux/rtc.h>
#include <kt/core/linux/string.h>
#include <kt/core/linux/string_helpers.h>
#include <kt/core/linux/time.h>

int kt_format_escaped(char c, const char *kind, char to[4]);
int kt_format_rare(char *buf, size_t size, const char *kind, const void *pointer);

/* One character of %*pE. `kind`, the text after the E, says which classes are escaped. */
int kt_format_escaped(char c, const char *kind, char to[4])
{
	static const char letters[] = "achnops";
	static const unsigned int meanings[] = {
		ESCAPE_ANY, ESCAPE_SPECIAL, ESCAPE_HEX, ESCAPE_NULL, ESCAPE_OCTAL, ESCAPE_NP, ESCAPE_SPACE,
	};
	unsigned int flags = 0;
	const char *letter;

	for (; *kind && (letter = strchr(letters, *kind)); kind++)
		flags |= meanings[letter - letters];
	return string_escape_mem(&c, 1, to, 4, flags ? flags : ESCAPE_ANY_NP, NULL);
}

/* Flags by name; names for several bits come first. */
static int flags(char *buf, size_t size, gfp_t flags)
{
#define FLAG(name) { name, #name }
	static const struct {
		gfp_t bits;
		const char *name;
	} names[] = {
		FLAG(GFP_KERNEL_ACCOUNT), FLAG(GFP_KERNEL), FLAG(GFP_NOFS), FLAG(GFP_ATOMIC), FLAG(GFP_NOIO), FLAG(GFP_NOWAIT),
		FLAG(__GFP_HIGH), FLAG(__GFP_IO), FLAG(__GFP_FS), FLAG(__GFP_NOWARN), FLAG(__GFP_RETRY_MAYFAIL),
		FLAG(__GFP_NOFAIL), FLAG(__GFP_NORETRY), FLAG(__GFP_COMP), FLAG(__GFP_ZERO), FLAG(__GFP_ACCOUNT),
		FLAG(__GFP_ATOMIC), FLAG(__GFP_DIRECT_RECLAIM), FLAG(__GFP_KSWAPD_RECLAIM),
	};
	int length = 0;

	*buf = 0;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if ((flags & names[i].bits) != names[i].bits)
			continue;
		length += scnprintf(buf + length, size - (size_t)length, "%s%s", length ? "|" : "", names[i].name);
		flags &= ~names[i].bits;
	}
	if (flags)
		length += scnprintf(buf + length, size - (size_t)length, "%s%#x", length ? "|" : "", flags);
	return length;
}

/*
 * The format of pixels: four letters. The highest bit gives the byte order, and is not part of the
 * last letter.
 */
static int four_letters(char *buf, size_t size, u32 code)
{
	char letters[5];

	for (int i = 0; i < 4; i++) {
		char c = (char)((code & 0x7fffffff) >> 8 * i);

		letters[i] = c >= ' ' && c <= '~' ? c : '.';
	}
	letters[4] = 0;
	return scnprintf(buf, size, "%s %s-endian (0x%08x)", letters, code >> 31 ? "big" : "little", code);
}

/*
 * %ptR for a struct rtc_time, %ptT for a time64_t; then d: date only, t: time only, r: raw values,
 * s: a space as separator.
 */
static int date(char *buf, size_t size, const char *kind, const void *pointer)
{
	bool alone[2] = {}, raw = false, spaced = false;
	int year, month, length = 0;
	struct rtc_time time;

	if (*kind == 'R') {
		time = *(const struct rtc_time *)pointer;
	} else if (*kind == 'T') {
		struct tm tm;

		time64_to_tm(*(const time64_t *)pointer, 0, &tm);
		time.tm_sec = tm.tm_sec;
		time.tm_min = tm.tm_min;
		time.tm_hour = tm.tm_hour;
		time.tm_mday = tm.tm_mday;
		time.tm_mon = tm.tm_mon;
		time.tm_year = (int)tm.tm_year;
	} else {
		return scnprintf(buf, size, "(%%pt?)");
	}
	for (kind++; *kind && strchr("dtrs", *kind); kind++) {
		alone[0] |= *kind == 'd';
		alone[1] |= *kind == 't';
		raw |= *kind == 'r';
		spaced |= *kind == 's';
	}
	year = time.tm_year + (raw ? 0 : 1900);
	month = time.tm_mon + (raw ? 0 : 1);
	if (!alone[1])
		length = scnprintf(buf, size, "%04d-%02d-%02d", year, month, time.tm_mday);
	if (alone[0] == alone[1])
		length += scnprintf(buf + length, size - (size_t)length, spaced ? " " : "T");
	if (!alone[0])
		length += scnprintf(buf + length, size - (size_t)length, "%02d:%02d:%02d", time.tm_hour, time.tm_min,
				    time.tm_sec);
	return length;
}

/* %pR: with decoded flags, %pr: with raw flags. */
static int resource(char *buf, size_t size, bool decoded, const struct resource *resource)
{
	static const struct {
		unsigned long kind;
		const char *name, *number;
	} kinds[] = {
		{ IORESOURCE_IO, "io ", "%s%#06llx" },   { IORESOURCE_MEM, "mem", "%s%#010llx" },
		{ IORESOURCE_IRQ, "irq", "%s%llu" },     { IORESOURCE_DMA, "dma", "%s%llu" },
		{ IORESOURCE_BUS, "bus", "%s%#04llx" },  { 0, "???", "%s%#010llx" },
	};
	unsigned long long start = resource->start, end = resource->end;
	size_t i = 0;
	int length;

	while (kinds[i].kind && !(resource->flags & kinds[i].kind))
		i++;
	decoded &= kinds[i].kind != 0;
	length = scnprintf(buf, size, "[%s ", kinds[i].name);
	if (decoded && resource->flags & IORESOURCE_UNSET) {
		length += scnprintf(buf + length, size - (size_t)length, kinds[i].number, "size ", end - start + 1);
	} else {
		length += scnprintf(buf + length, size - (size_t)length, kinds[i].number, "", start);
		if (start != end)
			length += scnprintf(buf + length, size - (size_t)length, kinds[i].number, "-", end);
	}
	if (decoded)
		length += scnprintf(buf + length, size - (size_t)length, "%s%s%s%s",
				    resource->flags & IORESOURCE_MEM_64 ? " 64bit" : "",
				    resource->flags & IORESOURCE_PREFETCH ? " pref" : "",
				    resource->flags & IORESOURCE_WINDOW ? " window" : "",
				    resource->flags & IORESOURCE_DISABLED ? " disabled" : "");
	else
		length += scnprintf(buf + length, size - (size_t)length, " flags %#lx", resource->flags);
	return length + scnprintf(buf + length, size - (size_t)length, "]");
}

/* %pIS, %piS: an address by its family; c: compressed, p: with the port. */
static int socket_address(char *buf, size_t size, const char *kind, const struct sockaddr *address)
{
	const struct sockaddr_in *four = (const struct sockaddr_in *)address;
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)address;
	bool plain = kind[0] == 'i', with_port = false, is_short = false;
	int length;

	for (kind += 2; *kind; kind++) {
		with_port |= *kind == 'p';
		is_short |= *kind == 'c';
	}
	switch (address->sa_family) {
	case AF_INET:
		length = scnprintf(buf, size, plain ? "%pi4" : "%pI4", &four->sin_addr);
		if (with_port)
			length += scnprintf(buf + length, size - (size_t)length, ":%u", be16_to_cpu(four->sin_port));
		return length;
	case AF_INET6:
		length = scnprintf(buf, size, with_port ? "[" : "");
		length += scnprintf(buf + length, size - (size_t)length, plain ? "%pi6" : is_short ? "%pI6c" : "%pI6",
				    &six->sin6_addr);
		if (with_port)
			length += scnprintf(buf + length, size - (size_t)length, "]:%u", be16_to_cpu(six->sin6_port));
		return length;
	default:
		return -1;
	}
}

/*
 * The length of the text, or -1 if there is no such extension. `kind` are the letters and digits
 * after the p.
 */
int kt_format_rare(char *buf, size_t size, const char *kind, const void *pointer)
{
	switch (kind[0]) {
	case 'G':
		return kind[1] == 'g' ? flags(buf, size, *(const gfp_t *)pointer) : -1;
	case '4':
		return kind[1] == 'c' && kind[2] == 'c' ? four_letters(buf, size, *(const u32 *)pointer) : -1;
	case 't':
		return date(buf, size, kind + 1, pointer);
	case 'r':
	case 'R':
		return resource(buf, size, kind[0] == 'R', (const struct resource *)pointer);
	case 'I':
	case 'i':
		return kind[1] == 'S' ? socket_address(buf, size, kind, (const struct sockaddr *)pointer) : -1;
	default:
		return -1;
	}
}
