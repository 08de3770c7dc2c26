/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* linux/sysctl.h: handlers that read and write a table's entries. */
#include <kt/core/linux/ctype.h>
#include <kt/core/linux/errno.h>
#include <kt/core/linux/jiffies.h>
#include <kt/core/linux/kernel.h>
#include <kt/core/linux/limits.h>
#include <kt/core/linux/printk.h>
#include <kt/core/linux/string.h>
#include <kt/core/linux/sysctl.h>

/*
 * The maximal length of a number with its sign. A longer text is invalid, even if most digits are
 * zeros.
 */
#define LONGEST 21

/* A parsed number. */
struct number {
	bool negative;
	unsigned long magnitude;
};

/*
 * The type of an entry's values: their size, how one is read, and how one is written if that is
 * allowed.
 */
struct type {
	size_t size;
	/* One value only: several are refused, and a write does not move the position. */
	bool single;
	struct number (*show)(const void *data);
	int (*set)(const struct ctl_table *table, void *data, struct number number);
};

static struct number of_long(long value)
{
	return (struct number){ value < 0, value < 0 ? -(unsigned long)value : (unsigned long)value };
}

static int to_int(struct number number, int *value)
{
	if (number.magnitude > (unsigned long)INT_MAX + number.negative)
		return -EINVAL;
	*value = (int)(number.negative ? -(long)number.magnitude : (long)number.magnitude);
	return 0;
}

static struct number show_int(const void *data)
{
	return of_long(READ_ONCE(*(const int *)data));
}

static int set_int(const struct ctl_table *table, void *data, struct number number)
{
	int value, err = to_int(number, &value);

	(void)table;
	if (!err)
		WRITE_ONCE(*(int *)data, value);
	return err;
}

static int set_int_within(const struct ctl_table *table, void *data, struct number number)
{
	const int *min = (const int *)table->extra1, *max = (const int *)table->extra2;
	int value, err = to_int(number, &value);

	if (err || (min && value < *min) || (max && value > *max))
		return -EINVAL;
	WRITE_ONCE(*(int *)data, value);
	return 0;
}

static struct number show_uint(const void *data)
{
	return (struct number){ false, READ_ONCE(*(const unsigned int *)data) };
}

static int set_uint(const struct ctl_table *table, void *data, struct number number)
{
	(void)table;
	if (number.negative || number.magnitude > UINT_MAX)
		return -EINVAL;
	WRITE_ONCE(*(unsigned int *)data, (unsigned int)number.magnitude);
	return 0;
}

static int set_uint_within(const struct ctl_table *table, void *data, struct number number)
{
	const unsigned int *min = (const unsigned int *)table->extra1, *max = (const unsigned int *)table->extra2;

	if ((min && number.magnitude < *min) || (max && number.magnitude > *max))
		return -EINVAL;
	return set_uint(table, data, number);
}

static struct number show_bool(const void *data)
{
	return (struct number){ false, READ_ONCE(*(const bool *)data) };
}

static int set_bool(const struct ctl_table *table, void *data, struct number number)
{
	(void)table;
	WRITE_ONCE(*(bool *)data, number.magnitude != 0);
	return 0;
}

static struct number show_seconds(const void *data)
{
	return of_long(READ_ONCE(*(const int *)data) / HZ);
}

static int set_seconds(const struct ctl_table *table, void *data, struct number number)
{
	if (number.magnitude > INT_MAX / HZ)
		return -EINVAL;
	number.magnitude *= HZ;
	return set_int(table, data, number);
}

static struct number show_msecs(const void *data)
{
	struct number value = show_int(data);

	value.magnitude = jiffies_to_msecs(value.magnitude);
	return value;
}

static int set_msecs(const struct ctl_table *table, void *data, struct number number)
{
	unsigned long ticks;

	if (number.magnitude > UINT_MAX)
		return -EINVAL;
	ticks = msecs_to_jiffies((unsigned int)number.magnitude);
	if (ticks > INT_MAX)
		return -EINVAL;
	number.magnitude = ticks;
	return set_int(table, data, number);
}

static struct number show_ulong(const void *data)
{
	return (struct number){ false, READ_ONCE(*(const unsigned long *)data) };
}

static int set_ulong_within(const struct ctl_table *table, void *data, struct number number)
{
	const unsigned long *min = (const unsigned long *)table->extra1, *max = (const unsigned long *)table->extra2;

	if (number.negative || (min && number.magnitude < *min) || (max && number.magnitude > *max))
		return -EINVAL;
	WRITE_ONCE(*(unsigned long *)data, number.magnitude);
	return 0;
}

static size_t spaces(const char *text, size_t left)
{
	size_t n = 0;

	while (n < left && isspace(text[n]))
		n++;
	return n;
}

/*
 * Parses the number at the begin of the text, which a space or the text's end has to follow.
 * Returns its length, or an error.
 */
static int read_number(const char *text, size_t left, struct number *number)
{
	char copy[LONGEST + 1], *digits = copy, *end;
	size_t length = min_t(size_t, left, LONGEST);

	memcpy(copy, text, length);
	copy[length] = '\0';
	number->negative = *digits == '-' && left > 1;
	digits += number->negative;
	if (!isdigit(*digits))
		return -EINVAL;
	number->magnitude = simple_strtoul(digits, &end, 0);
	length = (size_t)(end - copy);
	if (length == LONGEST || (length < left && !memchr(" \t\n", *end, 3)))
		return -EINVAL;
	*end = '\0';
	return kstrtoul(digits, 0, &number->magnitude) ? -EINVAL : (int)length;
}

/* If a value is wrong, the values before it stay set, and the result counts their text. */
static int write_numbers(struct ctl_table *table, const char *text, size_t *lenp, loff_t *ppos, const struct type *type)
{
	size_t left = *lenp, done = 0, count = (size_t)table->maxlen / type->size, i;
	struct number number;
	int err = 0;

	for (i = 0; i < count; i++) {
		done += spaces(text + done, left - done);
		if (done == left)
			break;
		err = read_number(text + done, left - done, &number);
		if (err < 0)
			break;
		done += (size_t)err;
		err = type->set(table, (char *)table->data + i * type->size, number);
		if (err)
			break;
	}
	/* No value was set. */
	if (!i)
		return err ? err : -EINVAL;
	if (type->single)
		return err;
	if (!err)
		done += spaces(text + done, left - done);
	*lenp = done;
	*ppos += (loff_t)done;
	return err;
}

static void show_numbers(struct ctl_table *table, char *text, size_t *lenp, loff_t *ppos, const struct type *type)
{
	size_t size = *lenp, done = 0, count = (size_t)table->maxlen / type->size;

	for (size_t i = 0; i < count && done < size; i++) {
		struct number number = type->show((char *)table->data + i * type->size);
		char shown[32];
		size_t length = (size_t)scnprintf(shown, sizeof(shown), "%s%s%lu", i ? "\t" : "", number.negative ? "-" : "",
						  number.magnitude);

		length = min_t(size_t, length, size - done);
		memcpy(text + done, shown, length);
		done += length;
	}
	if (done < size)
		text[done++] = '\n';
	*lenp = done;
	*ppos += (loff_t)done;
}

static int numbers(struct ctl_table *table, int write, void *buffer, size_t *lenp, loff_t *ppos, const struct type *type)
{
	if (!table->data || !table->maxlen || !*lenp || (*ppos && !write)) {
		*lenp = 0;
		return 0;
	}
	if (type->single && table->maxlen != (int)type->size) {
		*lenp = 0;
		return -EINVAL;
	}
	if (!write)
		show_numbers(table, (char *)buffer, lenp, ppos, type);
	else if (!*ppos)
		return write_numbers(table, (const char *)buffer, lenp, ppos, type);
	else
		/* A write at a position other than 0 sets nothing. */
		*ppos += (loff_t)*lenp;
	return 0;
}

#define OF_NUMBERS(name, ...) \
	int name(struct ctl_table *table, int write, void *buffer, size_t *lenp, loff_t *ppos) \
	{ \
		static const struct type type = { __VA_ARGS__ }; \
		return numbers(table, write, buffer, lenp, ppos, &type); \
	}
OF_NUMBERS(proc_dointvec, sizeof(int), false, show_int, set_int)
OF_NUMBERS(proc_dointvec_minmax, sizeof(int), false, show_int, set_int_within)
OF_NUMBERS(proc_douintvec, sizeof(unsigned int), true, show_uint, set_uint)
OF_NUMBERS(proc_douintvec_minmax, sizeof(unsigned int), true, show_uint, set_uint_within)
OF_NUMBERS(proc_dobool, sizeof(bool), true, show_bool, set_bool)
OF_NUMBERS(proc_dointvec_jiffies, sizeof(int), false, show_seconds, set_seconds)
OF_NUMBERS(proc_dointvec_ms_jiffies, sizeof(int), false, show_msecs, set_msecs)
OF_NUMBERS(proc_doulongvec_minmax, sizeof(unsigned long), false, show_ulong, set_ulong_within)

int proc_dostring(struct ctl_table *table, int write, void *buffer, size_t *lenp, loff_t *ppos)
{
	char *data = (char *)table->data, *text = (char *)buffer;
	size_t most = (size_t)table->maxlen, length, i;

	if (!data || !most || !*lenp || (*ppos < 0)) {
		*lenp = 0;
		return 0;
	}
	length = strnlen(data, most);
	if (write) {
		if (length > most - 1)
			length = most - 1;
		/* A write may continue at the end of the previous one, but not after it. */
		if ((size_t)*ppos > length)
			return 0;
		length = (size_t)*ppos;
		for (i = 0; i < *lenp && length < most - 1 && text[i] && text[i] != '\n'; i++)
			data[length++] = text[i];
		data[length] = '\0';
		*ppos += (loff_t)*lenp;
		return 0;
	}
	if ((size_t)*ppos > length) {
		*lenp = 0;
		return 0;
	}
	length = min_t(size_t, length - (size_t)*ppos, *lenp);
	memcpy(text, data + *ppos, length);
	if (length < *lenp)
		text[length++] = '\n';
	*lenp = length;
	*ppos += (loff_t)length;
	return 0;
}
