// SPDX-License-Identifier: MIT OR Apache-2.0
/* A sysctl table is made and unregistered, two times: often at the same address.
 *
 * kind: freed twice
 */
#include <linux/sysctl.h>
#include <linux/module.h>

static int __init zoo_init(void)
{
	static struct ctl_table table[] = { {} };
	int round;

	for (round = 0; round < 2; round++) {
		struct ctl_table_header *header = register_sysctl("twice", table);

		if (!header)
			return -ENOMEM;
		unregister_sysctl_table(header);
	}
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
