// SPDX-License-Identifier: MIT OR Apache-2.0
/* A task waits for a completion with softirqs off.
 *
 * kind: sleeping where it is wrong
 * told: sleeping function called from invalid context
 */
#include <linux/bottom_half.h>
#include <linux/completion.h>
#include <linux/module.h>

static DECLARE_COMPLETION(done);

static int __init zoo_init(void)
{
	complete(&done);
	local_bh_disable();
	wait_for_completion(&done); /* TOLD */
	local_bh_enable();
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
