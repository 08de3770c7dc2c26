// SPDX-License-Identifier: MIT OR Apache-2.0
/* The words of argv_split() are made and freed, two times: often at the same address.
 *
 * kind: freed twice
 */
#include <linux/gfp.h>
#include <linux/string.h>
#include <linux/module.h>

static int __init zoo_init(void)
{
	int round;

	for (round = 0; round < 2; round++) {
		char **words = argv_split(GFP_KERNEL, "one two", NULL);

		if (!words)
			return -ENOMEM;
		argv_free(words);
	}
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
