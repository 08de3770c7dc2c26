// SPDX-License-Identifier: MIT OR Apache-2.0
/* A usermode helper is set up and never executed.
 *
 * kind: left at unload
 * told: usermode helper "/bin/true" is still set up
 */
#include <linux/kmod.h>
#include <linux/module.h>

static char *argv[] = { "/bin/true", NULL };
static char *envp[] = { NULL };
static struct subprocess_info *helper;

static int __init zoo_init(void)
{
	helper = call_usermodehelper_setup(argv[0], argv, envp, GFP_KERNEL, NULL, NULL, NULL); /* TOLD */
	return helper ? 0 : -ENOMEM;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
