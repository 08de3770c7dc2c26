// SPDX-License-Identifier: MIT OR Apache-2.0
/* Tells which kernel the headers play. */
#include <linux/module.h>
#include <linux/version.h>

static int __init version_init(void)
{
	pr_info("%d.%d.%d\n", LINUX_VERSION_CODE >> 16, LINUX_VERSION_CODE >> 8 & 255, LINUX_VERSION_CODE & 255);
	return 0;
}

module_init(version_init);
MODULE_LICENSE("Dual MIT/GPL");
