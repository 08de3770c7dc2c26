// SPDX-License-Identifier: MIT OR Apache-2.0
/* Has a function and a variable for other modules, and a function of a name that it keeps to itself. */
#include <linux/module.h>

static int users;
int exported_limit = 3;
EXPORT_SYMBOL(exported_limit);

int exported_use(void);
int exported_use(void)
{
	return ++users;
}
EXPORT_SYMBOL_GPL(exported_use);

/* The C library has one of this name. */
int wait(void);
int wait(void)
{
	return 1;
}

static int __init exports_init(void)
{
	pr_info("exports: wait() is %d\n", wait());
	return 0;
}

static void __exit exports_exit(void)
{
	pr_info("exports: %d use(s)\n", users);
}

module_init(exports_init);
module_exit(exports_exit);
MODULE_LICENSE("Dual MIT/GPL");
