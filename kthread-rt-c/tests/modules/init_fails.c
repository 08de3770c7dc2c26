// SPDX-License-Identifier: MIT OR Apache-2.0
/* Its init returns an error, or whatever it is told to. */
#include <linux/module.h>

static int ret = -ENOMEM;
module_param(ret, int, 0);

static int __init init_fails_init(void)
{
	return ret;
}

static void __exit init_fails_exit(void)
{
	pr_info("exit was called\n");
}

module_init(init_fails_init);
module_exit(init_fails_exit);
MODULE_LICENSE("Dual MIT/GPL");
