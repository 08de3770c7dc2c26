// SPDX-License-Identifier: MIT OR Apache-2.0
/* A root device is made and unregistered, two times: often at the same address.
 *
 * kind: freed twice
 */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/module.h>

static int __init zoo_init(void)
{
	int round;

	for (round = 0; round < 2; round++) {
		struct device *device = root_device_register("twice");

		if (IS_ERR(device))
			return PTR_ERR(device);
		root_device_unregister(device);
	}
	return 0;
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
