// SPDX-License-Identifier: MIT OR Apache-2.0
/* vmalloc's memory is not freed.
 *
 * kind: memory not freed
 * told: 1 block, 100000 bytes, allocated by vmalloc()
 */
#include <linux/module.h>
#include <linux/vmalloc.h>

static void *buffer;

static int __init zoo_init(void)
{
	buffer = vmalloc(100000); /* TOLD */
	return buffer ? 0 : -ENOMEM;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
