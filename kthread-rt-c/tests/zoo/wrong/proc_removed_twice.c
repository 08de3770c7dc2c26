// SPDX-License-Identifier: MIT OR Apache-2.0
/* A proc entry is removed twice.
 *
 * kind: freed twice
 * told: was destroyed already
 */
#include <linux/proc_fs.h>
#include <linux/module.h>

static int __init zoo_init(void)
{
	struct proc_dir_entry *entry = proc_mkdir("twice", NULL);

	if (!entry)
		return -ENOMEM;
	proc_remove(entry);
	proc_remove(entry); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
