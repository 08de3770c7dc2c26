// SPDX-License-Identifier: MIT OR Apache-2.0
#include <linux/module.h>
#include <linux/semaphore.h>

static DEFINE_SEMAPHORE(slots, 3);

static int __init begin(void)
{
	pr_info("count: %u\n", slots.count);
	return 0;
}
module_init(begin);
MODULE_LICENSE("Dual MIT/GPL");
