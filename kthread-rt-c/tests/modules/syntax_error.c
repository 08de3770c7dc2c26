// SPDX-License-Identifier: MIT OR Apache-2.0
/* No C. */
#include <linux/module.h>

static int __init syntax_error_init(void)
{
	return 0
}

module_init(syntax_error_init);
MODULE_LICENSE("Dual MIT/GPL");
