// SPDX-License-Identifier: MIT OR Apache-2.0
/* Its other file, which has a flag of its own. */
#include <linux/module.h>
#include <whole.h>

int whole_more(void)
{
	return MORE;
}
EXPORT_SYMBOL(whole_more);
