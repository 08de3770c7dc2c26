/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* linux/kernel.h: parses command lines. */
#include <kt/core/linux/ctype.h>
#include <kt/core/linux/kernel.h>
#include <kt/core/linux/kstrtox.h>
#include <kt/core/linux/string.h>

int get_option(char **text, int *number)
{
	char *from = *text;
	int value;

	if (!from || !*from)
		return 0;
	if (*from == '-')
		value = (int)-simple_strtoull(++from, text, 0);
	else
		value = (int)simple_strtoull(from, text, 0);
	if (number)
		*number = value;
	if (*text == from)
		return 0;
	if (**text == ',') {
		++*text;
		return 2;
	}
	return **text == '-' ? 3 : 1;
}

char *get_options(const char *from, int room, int *numbers)
{
	bool count = room == 0;
	char *text = (char *)from;
	int found = 0;

	while (count || found < room - 1) {
		int number, kind = get_option(&text, &number);

		if (!kind)
			break;
		if (!count)
			numbers[found + 1] = number;
		if (kind != 3) {
			found++;
		} else {
			/*
			 * All numbers below the upper end, which is parsed as the next number. A
			 * reversed range ends the list. Numbers without room in the array still
			 * count.
			 */
			int last = (int)simple_strtol(++text, NULL, 0), at = found + 1;

			if (last < number)
				break;
			found += (int)((unsigned int)last - (unsigned int)number);
			for (; !count && number < last && at < room; number++, at++)
				numbers[at] = number;
		}
		if (kind == 1)
			break;
	}
	numbers[0] = found;
	return text;
}

bool parse_option_str(const char *text, const char *option)
{
	size_t length = strlen(option);

	while (*text) {
		if (!strncmp(text, option, length) && (!text[length] || text[length] == ','))
			return true;
		while (*text && *text++ != ',')
			;
	}
	return false;
}

/*
 * A space within quotes does not end the word. A quote at the begin of the name or the value is
 * removed, and so is a quote at the word's end.
 */
char *next_arg(char *text, char **name, char **value)
{
	bool quoted = *text == '"', inside = false;
	char *word = text + quoted, *equals = NULL, *end;

	inside = quoted;
	for (end = word; *end && (inside || !isspace(*end)); end++) {
		if (*end == '=' && !equals && end != word)
			equals = end;
		if (*end == '"')
			inside = !inside;
	}
	text = *end ? end + 1 : end;
	*name = word;
	*value = NULL;
	if (equals) {
		*equals = 0;
		*value = equals + 1;
		if (**value == '"') {
			++*value;
			if (end[-1] == '"')
				end[-1] = 0;
		}
	}
	if (quoted && end > word && end[-1] == '"')
		end[-1] = 0;
	*end = 0;
	return skip_spaces(text);
}
