// SPDX-License-Identifier: MIT OR Apache-2.0
/* The other. */
#include <linux/module.h>
#include "files.h"

static int __init files_init(void)
{
	pr_info("%s in %s\n", files_greeting(), THIS_MODULE->name);
	return 0;
}

module_init(files_init);
MODULE_LICENSE("Dual MIT/GPL");
