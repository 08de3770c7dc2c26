// SPDX-License-Identifier: MIT OR Apache-2.0
/* A folder of /proc is removed, with what is in it, before the module goes.
 *
 * kind: left at unload
 */
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

static int show(struct seq_file *file, void *unused)
{
	return 0;
}

static struct proc_dir_entry *folder;

static int __init zoo_init(void)
{
	folder = proc_mkdir("zoo", NULL);
	if (!folder)
		return -ENOMEM;
	proc_create_single("status", 0444, folder, show);
	return 0;
}

static void __exit zoo_exit(void)
{
	proc_remove(folder);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
