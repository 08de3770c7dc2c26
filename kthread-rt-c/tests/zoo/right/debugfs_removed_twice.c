// SPDX-License-Identifier: MIT OR Apache-2.0
/* A debugfs entry is made and removed, two times: often at the same address.
 *
 * kind: freed twice
 */
#include <linux/debugfs.h>
#include <linux/module.h>

static int __init zoo_init(void)
{
	int round;

	for (round = 0; round < 2; round++) {
		struct dentry *entry = debugfs_create_dir("twice", NULL);

		debugfs_remove(entry);
	}
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
