// SPDX-License-Identifier: MIT OR Apache-2.0
/* A spinlock under an rwlock.
 *
 * kind: order of locks
 */
#include <linux/module.h>
#include <linux/spinlock.h>

static DEFINE_RWLOCK(table);
static DEFINE_SPINLOCK(list);

static int __init zoo_init(void)
{
	write_lock(&table);
	spin_lock(&list);
	spin_unlock(&list);
	write_unlock(&table);
	read_lock(&table);
	spin_lock(&list);
	spin_unlock(&list);
	read_unlock(&table);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
