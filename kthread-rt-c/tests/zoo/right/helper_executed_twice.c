// SPDX-License-Identifier: MIT OR Apache-2.0
/* A usermode helper is set up and executed, two times: often at the same address.
 *
 * kind: freed twice
 */
#include <linux/gfp.h>
#include <linux/umh.h>
#include <linux/module.h>

static int __init zoo_init(void)
{
	static char *argv[] = { "/bin/true", NULL };
	static char *envp[] = { NULL };
	int round;

	for (round = 0; round < 2; round++) {
		struct subprocess_info *info = call_usermodehelper_setup(argv[0], argv, envp, GFP_KERNEL, NULL, NULL, NULL);

		if (!info)
			return -ENOMEM;
		call_usermodehelper_exec(info, UMH_WAIT_PROC);
	}
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
