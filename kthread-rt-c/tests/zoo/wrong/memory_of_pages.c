// SPDX-License-Identifier: MIT OR Apache-2.0
/* Pages are not freed.
 *
 * kind: memory not freed
 * told: 1 block, 8192 bytes, allocated by __get_free_pages()
 */
#include <linux/gfp.h>
#include <linux/module.h>

static unsigned long pages;

static int __init zoo_init(void)
{
	pages = __get_free_pages(GFP_KERNEL, 1); /* TOLD */
	return pages ? 0 : -ENOMEM;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
