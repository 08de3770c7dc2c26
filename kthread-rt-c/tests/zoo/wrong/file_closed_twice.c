// SPDX-License-Identifier: MIT OR Apache-2.0
/* A file is closed twice.
 *
 * kind: freed twice
 * told: was destroyed already
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/module.h>

static int __init zoo_init(void)
{
	struct file *file = filp_open("/dev/null", O_RDONLY, 0);

	if (IS_ERR(file))
		return PTR_ERR(file);
	filp_close(file, NULL);
	filp_close(file, NULL); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
