/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* linux/string.h, linux/string_helpers.h: the longer functions. */
#include <kt/core/linux/bitops.h>
#include <kt/core/linux/ctype.h>
#include <kt/core/linux/kernel.h>
#include <kt/core/linux/kstrtox.h>
#include <kt/core/linux/limits.h>
#include <kt/core/linux/sched.h>
#include <kt/core/linux/slab.h>
#include <kt/core/linux/string.h>
#include <kt/core/linux/string_helpers.h>

/* In src/abi/blocks.rs. */
bool kt_is_allocated(const void *block, const char *call);

size_t memweight(const void *p, size_t bytes)
{
	const u8 *byte = (const u8 *)p;
	size_t weight = 0;

	while (bytes--)
		weight += (size_t)__builtin_popcount(*byte++);
	return weight;
}

ssize_t memory_read_from_buffer(void *to, size_t count, loff_t *pos, const void *from, size_t available)
{
	loff_t at = *pos;

	if (at < 0)
		return -EINVAL;
	if ((size_t)at >= available)
		return 0;
	if (count > available - (size_t)at)
		count = available - (size_t)at;
	memcpy(to, (const char *)from + at, count);
	*pos = at + (loff_t)count;
	return (ssize_t)count;
}

/* One block: the copy of the text precedes the array that is returned. */
char **argv_split(gfp_t flags, const char *text, int *argc)
{
	char *copy = kstrndup(text, KMALLOC_MAX_SIZE - 1, flags), **argv;
	int words = 0, at = 0;
	bool inside = false;

	if (!copy)
		return NULL;
	for (const char *c = copy; *c; c++) {
		words += !inside && !isspace(*c);
		inside = !isspace(*c);
	}
	argv = (char **)kmalloc_array((size_t)words + 2, sizeof(*argv), flags);
	if (!argv) {
		kfree(copy);
		return NULL;
	}
	*argv++ = copy;
	inside = false;
	for (char *c = copy; *c; c++) {
		bool space = isspace(*c);

		if (!space && !inside)
			argv[at++] = c;
		inside = !space;
		if (space)
			*c = 0;
	}
	argv[words] = NULL;
	if (argc)
		*argc = words;
	return argv;
}

void argv_free(char **argv)
{
	argv--;
	if (!kt_is_allocated(argv, "argv_free"))
		return;
	kfree(argv[0]);
	kfree(argv);
}

void **__memcat_p(void **a, void **b)
{
	size_t in_a = 0, in_b = 0;
	void **both;

	while (a && a[in_a])
		in_a++;
	while (b[in_b])
		in_b++;
	both = (void **)kmalloc_array(in_a + in_b + 1, sizeof(*both), GFP_KERNEL);
	if (!both)
		return NULL;
	memcpy(both, a, in_a * sizeof(*both));
	memcpy(both + in_a, b, (in_b + 1) * sizeof(*both));
	return both;
}

int string_get_size(u64 size, u64 block, const enum string_size_units units, char *buf, int length)
{
	static const char *const names[2][9] = {
		{ "", "k", "M", "G", "T", "P", "E", "Z", "Y" },
		{ "", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi" },
	};
	bool binary = (units & STRING_UNITS_MASK) == STRING_UNITS_2;
	unsigned int unit = 0, divisor = binary ? 1024 : 1000, whole, rest = 0, decimals = 0;
	unsigned __int128 bytes = (unsigned __int128)size * block;
	char fraction[8] = "";

	for (; bytes >= divisor; unit++) {
		rest = (unsigned int)(bytes % divisor);
		bytes /= divisor;
	}
	whole = (unsigned int)bytes;
	if (whole) {
		static const unsigned int half[3] = { 500, 50, 5 };

		/* Three digits in total, the last one rounded. */
		for (unsigned int digits = whole; digits * 10 < 1000; digits *= 10)
			decimals++;
		rest = rest * 1000 / divisor + half[decimals];
		if (rest >= 1000) {
			rest -= 1000;
			whole++;
		}
		if (decimals) {
			snprintf(fraction, sizeof(fraction), ".%03u", rest);
			fraction[decimals + 1] = 0;
		}
	}
	return snprintf(buf, (size_t)length, "%u%s%s%s%s", whole, fraction, (unsigned int)units & STRING_UNITS_NO_SPACE ? "" : " ",
			unit < 9 ? names[binary][unit] : "UNK", (unsigned int)units & STRING_UNITS_NO_BYTES ? "" : "B");
}

/* Pairs of a character and its letter after a backslash. */
static const char spaces[] = "\nn\rr\tt\vv\ff", specials[] = "\"\"\\\\\aa\ee";

/*
 * The partner of `c` in such a table, searched at the odd or the even places; -1 if it is not
 * there.
 */
static int beside(const char *table, char c, bool escaped)
{
	for (; *table; table += 2)
		if (table[escaped] == c)
			return table[!escaped];
	return -1;
}

/* Parses a number of a limited number of digits. Returns how many it has. */
static unsigned int digits(const char *text, unsigned int base, unsigned int most, unsigned int *value)
{
	unsigned int n = 0;

	for (*value = 0; n < most; n++) {
		int digit = hex_to_bin(text[n]);

		if (digit < 0 || (unsigned int)digit >= base || *value * base + (unsigned int)digit > 255)
			break;
		*value = *value * base + (unsigned int)digit;
	}
	return n;
}

int string_unescape(char *from, char *to, size_t size, unsigned int flags)
{
	char *out = to;

	if (!size)
		size = SIZE_MAX;
	while (*from && --size) {
		unsigned int number, n;
		int c;

		if (*from != '\\' || !from[1] || size <= 1) {
			*out++ = *from++;
			continue;
		}
		from++;
		size--;
		if (flags & UNESCAPE_SPACE && (c = beside(spaces, *from, true)) >= 0) {
			*out++ = (char)c;
			from++;
		} else if (flags & UNESCAPE_OCTAL && (n = digits(from, 8, 3, &number))) {
			*out++ = (char)number;
			from += n;
		} else if (flags & UNESCAPE_HEX && *from == 'x' && (n = digits(from + 1, 16, 2, &number))) {
			*out++ = (char)number;
			from += n + 1;
		} else if (flags & UNESCAPE_SPECIAL && (c = beside(specials, *from, true)) >= 0) {
			*out++ = (char)c;
			from++;
		} else {
			*out++ = '\\';
			*out++ = *from++;
		}
	}
	*out = 0;
	return (int)(out - to);
}

/* The escape sequence for a character, of up to four characters. Returns its length. */
static unsigned int escape(unsigned char c, unsigned int flags, bool leave, char text[4])
{
	int letter = -1;

	text[0] = (char)c;
	if (leave)
		return 1;
	if (flags & ESCAPE_SPACE)
		letter = beside(spaces, (char)c, false);
	if (letter < 0 && flags & ESCAPE_SPECIAL)
		letter = beside(specials, (char)c, false);
	if (letter < 0 && flags & ESCAPE_NULL && !c)
		letter = '0';
	if (letter >= 0) {
		text[0] = '\\';
		text[1] = (char)letter;
		return 2;
	}
	if (flags & (ESCAPE_OCTAL | ESCAPE_HEX)) {
		static const char hex[] = "0123456789abcdef";
		bool octal = flags & ESCAPE_OCTAL;

		text[0] = '\\';
		text[1] = octal ? (char)('0' + (c >> 6)) : 'x';
		text[2] = octal ? (char)('0' + (c >> 3 & 7)) : hex[c >> 4];
		text[3] = octal ? (char)('0' + (c & 7)) : hex[c & 15];
		return 4;
	}
	return 1;
}

int string_escape_mem(const char *from, size_t n, char *to, size_t size, unsigned int flags, const char *only)
{
	bool listed = only && *only, appends = flags & ESCAPE_APPEND;
	size_t length = 0;

	for (; n--; from++) {
		unsigned char c = (unsigned char)*from;
		bool in_list = listed && strchr(only, (char)c), leave = false;
		char text[4];
		unsigned int more;

		if (listed && !appends && !in_list)
			leave = true;
		else if (!(appends && in_list))
			leave = (flags & ESCAPE_NAP && isascii(c) && isprint(c)) || (flags & ESCAPE_NP && isprint(c)) ||
				(flags & ESCAPE_NA && isascii(c));
		more = escape(c, flags, leave, text);
		for (unsigned int i = 0; i < more; i++, length++)
			if (length < size)
				to[length] = text[i];
	}
	return (int)length;
}

char *kstrdup_quotable(const char *text, gfp_t flags)
{
	static const char quoted[] = "\f\n\r\t\v\a\e\\\"";
	size_t n;
	int length;
	char *copy;

	if (!text)
		return NULL;
	n = strlen(text);
	length = string_escape_mem(text, n, NULL, 0, ESCAPE_HEX, quoted);
	copy = (char *)kmalloc((size_t)length + 1, flags);
	if (!copy)
		return NULL;
	string_escape_mem(text, n, copy, (size_t)length, ESCAPE_HEX, quoted);
	copy[length] = 0;
	return copy;
}

/* A kthread has no command line; as in a kernel, this gives its name. */
char *kstrdup_quotable_cmdline(struct task_struct *task, gfp_t flags)
{
	char *name = kstrdup_quotable(task->comm, flags), *line;

	if (!name)
		return NULL;
	line = kasprintf(flags, "%s", name);
	kfree(name);
	return line;
}

void kfree_strarray(char **array, size_t n)
{
	if (!array || !kt_is_allocated(array, "kfree_strarray"))
		return;
	for (size_t i = 0; i < n; i++)
		kfree(array[i]);
	kfree(array);
}

char **kasprintf_strarray(gfp_t flags, const char *prefix, size_t n)
{
	char **names = (char **)kcalloc(n + 1, sizeof(*names), flags);

	for (size_t i = 0; names && i < n; i++) {
		names[i] = kasprintf(flags, "%s-%zu", prefix, i);
		if (!names[i]) {
			kfree_strarray(names, i);
			return NULL;
		}
	}
	return names;
}

int parse_int_array_user(const char __user *from, size_t count, int **array)
{
	char *text = memdup_user_nul(from, count), *rest, *word;
	int n = 0, error = 0, *numbers = NULL;

	if (IS_ERR(text))
		return (int)PTR_ERR(text);
	for (const char *c = text; *c; c++)
		n += *c == ',';
	numbers = (int *)kcalloc((size_t)n + 2, sizeof(*numbers), GFP_KERNEL);
	if (!numbers)
		error = -ENOMEM;
	for (n = 0, rest = text; !error && (word = strsep(&rest, ","));) {
		word = strim(word);
		if (*word)
			error = kstrtoint(word, 0, &numbers[++n]);
	}
	if (!error && !n)
		error = -ENOENT;
	kfree(text);
	if (error) {
		kfree(numbers);
		return error;
	}
	numbers[0] = n;
	*array = numbers;
	return 0;
}
