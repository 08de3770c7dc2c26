// SPDX-License-Identifier: MIT OR Apache-2.0
/* A program is run, and waited for, with a spinlock held.
 *
 * kind: sleeping where it is wrong
 * told: sleeping function called from invalid context
 */
#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);
static char *argv[] = { "/bin/true", NULL };
static char *envp[] = { NULL };

static int __init zoo_init(void)
{
	spin_lock(&lock);
	call_usermodehelper(argv[0], argv, envp, UMH_WAIT_PROC); /* TOLD */
	spin_unlock(&lock);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
