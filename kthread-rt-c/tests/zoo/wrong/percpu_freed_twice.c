// SPDX-License-Identifier: MIT OR Apache-2.0
/* Per-cpu memory is freed twice.
 *
 * kind: freed twice
 * told: was destroyed already
 */
#include <linux/percpu.h>
#include <linux/module.h>

static int __init zoo_init(void)
{
	int __percpu *counts = alloc_percpu(int);

	if (!counts)
		return -ENOMEM;
	free_percpu(counts);
	free_percpu(counts); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
