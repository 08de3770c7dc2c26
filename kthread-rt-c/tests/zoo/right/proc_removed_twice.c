// SPDX-License-Identifier: MIT OR Apache-2.0
/* A proc entry is made and removed, two times: often at the same address.
 *
 * kind: freed twice
 */
#include <linux/proc_fs.h>
#include <linux/module.h>

static int __init zoo_init(void)
{
	int round;

	for (round = 0; round < 2; round++) {
		struct proc_dir_entry *entry = proc_mkdir("twice", NULL);

		if (!entry)
			return -ENOMEM;
		proc_remove(entry);
	}
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
