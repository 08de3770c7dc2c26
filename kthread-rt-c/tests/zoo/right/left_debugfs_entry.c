// SPDX-License-Identifier: MIT OR Apache-2.0
/* An entry of debugfs is removed before the module goes.
 *
 * kind: left at unload
 */
#include <linux/debugfs.h>
#include <linux/module.h>

static u32 count;
static struct dentry *folder;

static int __init zoo_init(void)
{
	folder = debugfs_create_dir("zoo", NULL);
	debugfs_create_u32("count", 0444, folder, &count);
	return 0;
}

static void __exit zoo_exit(void)
{
	debugfs_remove(folder);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
