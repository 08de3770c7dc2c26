// SPDX-License-Identifier: MIT OR Apache-2.0
/* A usermode helper is executed twice.
 *
 * kind: freed twice
 * told: was destroyed already
 */
#include <linux/gfp.h>
#include <linux/umh.h>
#include <linux/module.h>

static int __init zoo_init(void)
{
	static char *argv[] = { "/bin/true", NULL };
	static char *envp[] = { NULL };
	struct subprocess_info *info = call_usermodehelper_setup(argv[0], argv, envp, GFP_KERNEL, NULL, NULL, NULL);

	if (!info)
		return -ENOMEM;
	call_usermodehelper_exec(info, UMH_WAIT_PROC);
	call_usermodehelper_exec(info, UMH_WAIT_PROC); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
