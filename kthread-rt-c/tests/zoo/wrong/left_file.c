// SPDX-License-Identifier: MIT OR Apache-2.0
/* A file is open when the module goes.
 *
 * kind: left at unload
 * told: file "/dev/null" is still open
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/module.h>

static struct file *file;

static int __init zoo_init(void)
{
	file = filp_open("/dev/null", O_WRONLY, 0); /* TOLD */
	return PTR_ERR_OR_ZERO(file);
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
