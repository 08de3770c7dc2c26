// SPDX-License-Identifier: MIT OR Apache-2.0
/* A folder of /proc, with an entry in it, is there when the module goes.
 *
 * kind: left at unload
 * told: proc entry "/proc/zoo" is still registered
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
	folder = proc_mkdir("zoo", NULL); /* TOLD */
	if (!folder)
		return -ENOMEM;
	proc_create_single("status", 0444, folder, show);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
