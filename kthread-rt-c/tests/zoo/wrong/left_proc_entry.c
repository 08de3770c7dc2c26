// SPDX-License-Identifier: MIT OR Apache-2.0
/* An entry of /proc is there when the module goes.
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

static int __init zoo_init(void)
{
	return proc_create_single("zoo", 0444, NULL, show) ? 0 : -ENOMEM; /* TOLD */
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
