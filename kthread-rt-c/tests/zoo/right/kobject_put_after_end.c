// SPDX-License-Identifier: MIT OR Apache-2.0
/* A kobject is made and put, two times: often at the same address.
 *
 * kind: freed twice
 */
#include <linux/kobject.h>
#include <linux/module.h>

static int __init zoo_init(void)
{
	int round;

	for (round = 0; round < 2; round++) {
		struct kobject *object = kobject_create_and_add("twice", NULL);

		if (!object)
			return -ENOMEM;
		kobject_put(object);
	}
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
