// SPDX-License-Identifier: MIT OR Apache-2.0
/* Does not come back when it is mapped. */
#include <linux/module.h>

static void __attribute__((constructor)) hang(void)
{
	pr_info("it is mapped\n");
	for (;;)
		barrier();
}

MODULE_LICENSE("Dual MIT/GPL");
