// SPDX-License-Identifier: MIT OR Apache-2.0
/* One of two files that each have an init and an exit. */
#include <linux/module.h>

static int __init first_init(void)
{
	pr_info("first comes\n");
	return 0;
}

static void __exit first_exit(void)
{
	pr_info("first goes\n");
}

module_init(first_init);
module_exit(first_exit);
MODULE_LICENSE("Dual MIT/Apache-2.0");
