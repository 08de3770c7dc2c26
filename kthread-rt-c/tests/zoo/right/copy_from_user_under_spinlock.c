// SPDX-License-Identifier: MIT OR Apache-2.0
/* It is copied before that, and with a spinlock only where no page is brought in.
 *
 * kind: sleeping where it is wrong
 */
#include <linux/module.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>

static DEFINE_SPINLOCK(lock);
static char user[8];

static int __init zoo_init(void)
{
	char copy[8];

	if (copy_from_user(copy, user, sizeof(copy)))
		return -EFAULT;
	spin_lock(&lock);
	pagefault_disable();
	if (copy_to_user(user, copy, sizeof(copy)))
		pr_info("a fault\n");
	pagefault_enable();
	spin_unlock(&lock);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
