// SPDX-License-Identifier: MIT OR Apache-2.0
/* It is registered before.
 *
 * kind: sleeping where it is wrong
 */
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);
static const struct proc_ops ops = { };
static struct proc_dir_entry *entry;

static int __init zoo_init(void)
{
	entry = proc_create("zoo", 0444, NULL, &ops);
	spin_lock(&lock);
	spin_unlock(&lock);
	return 0;
}

static void __exit zoo_exit(void)
{
	proc_remove(entry);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
