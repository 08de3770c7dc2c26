// SPDX-License-Identifier: MIT OR Apache-2.0
/* An entry of debugfs is there when the module goes.
 *
 * kind: left at unload
 * told: debugfs entry "/sys/kernel/debug/zoo" is still registered
 */
#include <linux/debugfs.h>
#include <linux/module.h>

static u32 count;
static struct dentry *folder;

static int __init zoo_init(void)
{
	folder = debugfs_create_dir("zoo", NULL); /* TOLD */
	debugfs_create_u32("count", 0444, folder, &count);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
