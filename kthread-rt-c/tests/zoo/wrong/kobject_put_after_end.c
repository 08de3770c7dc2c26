// SPDX-License-Identifier: MIT OR Apache-2.0
/* A kobject is put once more than it was taken.
 *
 * kind: freed twice
 * told: was destroyed already
 */
#include <linux/kobject.h>
#include <linux/module.h>

static int __init zoo_init(void)
{
	struct kobject *object = kobject_create_and_add("twice", NULL);

	if (!object)
		return -ENOMEM;
	kobject_put(object);
	kobject_put(object); /* TOLD */
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
