// SPDX-License-Identifier: MIT OR Apache-2.0
/* A debugfs entry is removed twice.
 *
 * kind: freed twice
 * told: was destroyed already
 */
#include <linux/debugfs.h>
#include <linux/module.h>

static int __init zoo_init(void)
{
	struct dentry *entry = debugfs_create_dir("twice", NULL);

	debugfs_remove(entry);
	debugfs_remove(entry); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
