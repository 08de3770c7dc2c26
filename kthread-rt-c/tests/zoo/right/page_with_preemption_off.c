// SPDX-License-Identifier: MIT OR Apache-2.0
/* With preemption off, a page is asked for with GFP_NOWAIT.
 *
 * kind: sleeping where it is wrong
 */
#include <linux/gfp.h>
#include <linux/module.h>
#include <linux/preempt.h>

static int __init zoo_init(void)
{
	unsigned long page;

	preempt_disable();
	page = __get_free_page(GFP_NOWAIT);
	preempt_enable();
	free_page(page);
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
