// SPDX-License-Identifier: MIT OR Apache-2.0
/* Per-cpu memory is made and freed, two times: often at the same address.
 *
 * kind: freed twice
 */
#include <linux/percpu.h>
#include <linux/module.h>

static int __init zoo_init(void)
{
	int round;

	for (round = 0; round < 2; round++) {
		int __percpu *counts = alloc_percpu(int);

		if (!counts)
			return -ENOMEM;
		free_percpu(counts);
	}
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
