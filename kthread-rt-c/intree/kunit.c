// SPDX-License-Identifier: MIT OR Apache-2.0
/* The last file of a module that has all of KUnit built in: runs all suites of its files. */
#include <kunit/test.h>
#include <linux/module.h>

__asm__(".pushsection .kunit_test_suites, \"aw\"\n"
	"	.globl __kunit_suites_end\n"
	"	.hidden __kunit_suites_end\n"
	"__kunit_suites_end:\n"
	"	.popsection\n");

static int __init run_all(void)
{
	return kunit_run_all_tests();
}

module_init(run_all);
MODULE_LICENSE("Dual MIT/Apache-2.0");
