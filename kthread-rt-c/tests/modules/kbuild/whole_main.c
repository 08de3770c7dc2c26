// SPDX-License-Identifier: MIT OR Apache-2.0
/* The module of two files. */
#include <linux/module.h>
#include <whole.h>

#ifndef IN_KBUILD
#error "KERNELRELEASE is not set"
#endif

static char *name = "nobody";
module_param(name, charp, 0);

static int __init whole_init(void)
{
	pr_info("whole: %s, %s, %d\n", GREETING, name, whole_more());
	return 0;
}

static void __exit whole_exit(void)
{
	pr_info("whole: goes\n");
}

module_init(whole_init);
module_exit(whole_exit);
MODULE_LICENSE("Dual MIT/GPL");
