// SPDX-License-Identifier: MIT OR Apache-2.0
/* A module in a folder below, whose name has a dash. */
#include <linux/module.h>

static int __init part_init(void)
{
	pr_info("%s\n", THIS_MODULE->name);
	return 0;
}

module_init(part_init);
MODULE_LICENSE("Dual MIT/GPL");
