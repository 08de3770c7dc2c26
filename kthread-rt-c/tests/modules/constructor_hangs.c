// SPDX-License-Identifier: MIT OR Apache-2.0
/* Does not come back when it is mapped, or when it is unmapped. */
#include <linux/module.h>

static void hang(const char *when)
{
	pr_info("it is %s\n", when);
	for (;;)
		barrier();
}

static void __attribute__((constructor)) mapped(void)
{
	if (!IS_ENABLED(CONFIG_HANGS_LATE))
		hang("mapped");
}

static void __attribute__((destructor)) unmapped(void)
{
	hang("unmapped");
}

MODULE_LICENSE("Dual MIT/GPL");
