// SPDX-License-Identifier: MIT OR Apache-2.0
/* A class is made and destroyed, two times: often at the same address.
 *
 * kind: freed twice
 */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/version.h>
#include <linux/module.h>

static int __init zoo_init(void)
{
	int round;

	for (round = 0; round < 2; round++) {
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
		struct class *class = class_create("twice");
#else
		struct class *class = class_create(THIS_MODULE, "twice");
#endif

		if (IS_ERR(class))
			return PTR_ERR(class);
		class_destroy(class);
	}
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
