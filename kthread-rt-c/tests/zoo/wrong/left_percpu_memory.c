// SPDX-License-Identifier: MIT OR Apache-2.0
/* Memory for each cpu is allocated when the module goes.
 *
 * kind: left at unload
 * told: percpu memory is still allocated
 */
#include <linux/module.h>
#include <linux/percpu.h>

static int __percpu *counts;

static int __init zoo_init(void)
{
	counts = alloc_percpu(int); /* TOLD */
	return counts ? 0 : -ENOMEM;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
