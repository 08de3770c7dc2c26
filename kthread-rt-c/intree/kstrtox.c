// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Calls what test-kstrtox.c has as its init. That prints what is wrong, and nothing else; and it
 * says -EINVAL at its end, so that the module does not stay.
 */
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/printk.h>

#pragma push_macro("module_init")
#undef module_init
#define module_init(function) static int (*const the_test)(void) = function;
#include "test-kstrtox.c"
#pragma pop_macro("module_init")

static int __init kstrtox_init(void)
{
	int result = the_test();

	pr_info("test_kstrtox: it is over, as with %d\n", result);
	return result == -EINVAL ? 0 : -EIO;
}
module_init(kstrtox_init);
