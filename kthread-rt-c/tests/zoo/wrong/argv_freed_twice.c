// SPDX-License-Identifier: MIT OR Apache-2.0
/* The words of argv_split() are freed twice.
 *
 * kind: freed twice
 * told: was freed already
 */
#include <linux/gfp.h>
#include <linux/string.h>
#include <linux/module.h>

static int __init zoo_init(void)
{
	char **words = argv_split(GFP_KERNEL, "one two", NULL);

	if (!words)
		return -ENOMEM;
	argv_free(words);
	argv_free(words); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
