// SPDX-License-Identifier: MIT OR Apache-2.0
/* Uses functions that nobody has. */
#include <linux/module.h>

extern int no_such_function(int value);
extern int none_of_this_name_either(void);

static int __init missing_symbol_init(void)
{
	return no_such_function(1) + none_of_this_name_either();
}

module_init(missing_symbol_init);
MODULE_LICENSE("Dual MIT/GPL");
