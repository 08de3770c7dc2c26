// SPDX-License-Identifier: MIT OR Apache-2.0
/* Words and numbers of a command line. */
#include "ask.h"
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

CASE(options, "get_option get_options")
{
	char options[] = "3,5-7,x", alone[] = "9", minus[] = "-4,2", none[] = "a";
	char *at;
	int ret, value = -1, ints[6];

	at = options;
	ret = get_option(&at, &value);
	answer("option=%d value=%d left=[%s]", ret, value, at);
	ret = get_option(&at, &value);
	answer("range=%d value=%d left=[%s]", ret, value, at);
	at = alone;
	ret = get_option(&at, &value);
	answer("last=%d value=%d left=[%s]", ret, value, at);
	at = minus;
	ret = get_option(&at, &value);
	answer("minus=%d value=%d left=[%s]", ret, value, at);
	at = none;
	ret = get_option(&at, &value);
	answer("none=%d left=[%s]", ret, at);
	at = get_options("3,5-7,x", ARRAY_SIZE(ints), ints);
	answer("options=%d values=%d,%d,%d,%d left=[%s]", ints[0], ints[1], ints[2], ints[3], ints[4], at);
	at = get_options("1,2,3,4,5,6,7", 4, ints);
	answer("too_many=%d values=%d,%d,%d left=[%s]", ints[0], ints[1], ints[2], ints[3], at);
	at = get_options("1,2,3", 0, ints);
	answer("counted=%d left=[%s]", ints[0], at);
}

CASE(argv, "argv_split argv_free")
{
	static const char *const texts[] = { "one two  three", " a ", "", "\042quoted text\042 x" };
	int i, n;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		char **argv = argv_split(GFP_KERNEL, texts[i], &n);

		if (!argv) {
			answer("no_memory=%d", i);
			continue;
		}
		answer("n=%d first=[%s] last=[%s] ends_with_null=%d", n, n ? argv[0] : "", n ? argv[n - 1] : "", !argv[n]);
		argv_free(argv);
	}
}

CASE(next_arg, "next_arg")
{
	char line[] = "debug level=3 name=\042two words\042 a-b= \042quoted=1 2\042  end", *at = skip_spaces(line);

	while (*at) {
		char *name, *value;

		at = next_arg(at, &name, &value);
		answer("name=[%s] value=[%s] is_null=%d left=%d", name, value ?: "", !value, (int)strlen(at));
	}
}

ASK_MODULE(&case_options, &case_argv, &case_next_arg);
