// SPDX-License-Identifier: MIT OR Apache-2.0
/* With softirqs off, it only tries.
 *
 * kind: sleeping where it is wrong
 */
#include <linux/bottom_half.h>
#include <linux/completion.h>
#include <linux/module.h>

static DECLARE_COMPLETION(done);

static int __init zoo_init(void)
{
	complete(&done);
	local_bh_disable();
	if (!try_wait_for_completion(&done))
		pr_info("not yet\n");
	local_bh_enable();
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
