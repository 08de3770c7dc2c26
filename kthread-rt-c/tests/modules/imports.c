// SPDX-License-Identifier: MIT OR Apache-2.0
/* Uses what exports.c has, and a name of its own that exports.c has too. */
#include <linux/module.h>

extern int exported_limit;
extern int exported_use(void);

static int times = 1;
module_param(times, int, 0);

int wait(void);
int wait(void)
{
	return 2;
}

static int __init imports_init(void)
{
	int i;

	for (i = 0; i < times && i < exported_limit; i++)
		pr_info("imports: use %d\n", exported_use());
	pr_info("imports: wait() is %d\n", wait());
	return 0;
}

static void __exit imports_exit(void)
{
	pr_info("imports: goes\n");
}

module_init(imports_init);
module_exit(imports_exit);
MODULE_LICENSE("Dual MIT/GPL");
