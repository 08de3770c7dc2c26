// SPDX-License-Identifier: MIT OR Apache-2.0
/* Wants what whole exports. */
#include <linux/module.h>
#include <whole.h>

static int __init needs_init(void)
{
	pr_info("needs: %d\n", whole_more());
	return 0;
}

static void __exit needs_exit(void)
{
	pr_info("needs: goes\n");
}

module_init(needs_init);
module_exit(needs_exit);
MODULE_LICENSE("Dual MIT/GPL");
