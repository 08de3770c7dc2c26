// SPDX-License-Identifier: MIT OR Apache-2.0
/* Pages are freed.
 *
 * kind: memory not freed
 */
#include <linux/gfp.h>
#include <linux/module.h>

static unsigned long pages;

static int __init zoo_init(void)
{
	pages = __get_free_pages(GFP_KERNEL, 1);
	return pages ? 0 : -ENOMEM;
}

static void __exit zoo_exit(void)
{
	free_pages(pages, 1);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
