// SPDX-License-Identifier: MIT OR Apache-2.0
/* One of two files that each have an init and an exit. */
#include <linux/module.h>

static int __init second_init(void)
{
	pr_info("second comes\n");
	return 0;
}

static void __exit second_exit(void)
{
	pr_info("second goes\n");
}

module_init(second_init);
module_exit(second_exit);
MODULE_LICENSE("Dual MIT/Apache-2.0");
