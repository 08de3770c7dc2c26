// SPDX-License-Identifier: MIT OR Apache-2.0
/* The strings of kasprintf_strarray() are made and freed, two times: often at the same address.
 *
 * kind: freed twice
 */
#include <linux/gfp.h>
#include <linux/string_helpers.h>
#include <linux/module.h>

static int __init zoo_init(void)
{
	int round;

	for (round = 0; round < 2; round++) {
		char **names = kasprintf_strarray(GFP_KERNEL, "name", 3);

		if (!names)
			return -ENOMEM;
		kfree_strarray(names, 3);
	}
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
