// SPDX-License-Identifier: MIT OR Apache-2.0
/* Memory of a program is copied with a spinlock held.
 *
 * kind: sleeping where it is wrong
 * told: sleeping function called from invalid context
 */
#include <linux/module.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>

static DEFINE_SPINLOCK(lock);
static char user[8];

static int __init zoo_init(void)
{
	char copy[8];

	spin_lock(&lock);
	if (copy_from_user(copy, user, sizeof(copy))) /* TOLD */
		pr_info("a fault\n");
	spin_unlock(&lock);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
