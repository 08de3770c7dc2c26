// SPDX-License-Identifier: MIT OR Apache-2.0
/* Its init waits for what nobody completes. */
#include <linux/completion.h>
#include <linux/module.h>

static DECLARE_COMPLETION(never);

static int __init init_hangs_init(void)
{
	pr_info("init begins\n");
	wait_for_completion(&never);
	return 0;
}

module_init(init_hangs_init);
MODULE_LICENSE("Dual MIT/GPL");
