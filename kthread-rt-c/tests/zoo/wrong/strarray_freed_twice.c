// SPDX-License-Identifier: MIT OR Apache-2.0
/* The strings of kasprintf_strarray() are freed twice.
 *
 * kind: freed twice
 * told: was freed already
 */
#include <linux/gfp.h>
#include <linux/string_helpers.h>
#include <linux/module.h>

static int __init zoo_init(void)
{
	char **names = kasprintf_strarray(GFP_KERNEL, "name", 3);

	if (!names)
		return -ENOMEM;
	kfree_strarray(names, 3);
	kfree_strarray(names, 3); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
