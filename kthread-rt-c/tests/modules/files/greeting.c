// SPDX-License-Identifier: MIT OR Apache-2.0
/* One of two files. */
#include <linux/module.h>
#include "files.h"

const char *files_greeting(void)
{
	return "hello from " KBUILD_MODNAME " and " KBUILD_BASENAME;
}
