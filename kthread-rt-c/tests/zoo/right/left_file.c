// SPDX-License-Identifier: MIT OR Apache-2.0
/* A file is closed before the module goes.
 *
 * kind: left at unload
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/module.h>

static struct file *file;

static int __init zoo_init(void)
{
	file = filp_open("/dev/null", O_WRONLY, 0);
	return PTR_ERR_OR_ZERO(file);
}

static void __exit zoo_exit(void)
{
	filp_close(file, NULL);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
