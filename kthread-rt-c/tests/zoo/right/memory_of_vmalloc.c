// SPDX-License-Identifier: MIT OR Apache-2.0
/* vmalloc's memory is freed.
 *
 * kind: memory not freed
 */
#include <linux/module.h>
#include <linux/vmalloc.h>

static void *buffer;

static int __init zoo_init(void)
{
	buffer = vmalloc(100000);
	return buffer ? 0 : -ENOMEM;
}

static void __exit zoo_exit(void)
{
	vfree(buffer);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
