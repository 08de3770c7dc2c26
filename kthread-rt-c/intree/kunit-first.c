// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * The first file of a module that has all of KUnit built in. Each file's suites are in one section,
 * which the linker makes of the files' parts in their order: so here it begins, and it ends in the
 * last file, which is kunit.c.
 */
#include <linux/types.h>

__asm__(".pushsection .kunit_test_suites, \"aw\"\n"
	"	.balign 8\n"
	"	.globl __kunit_suites_start\n"
	"	.hidden __kunit_suites_start\n"
	"__kunit_suites_start:\n"
	"	.popsection\n");
