// SPDX-License-Identifier: MIT OR Apache-2.0
/* A device is there when the module goes.
 *
 * kind: left at unload
 * told: device "/sys/devices/zoo" is still registered
 */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/module.h>

static void release(struct device *device)
{
}

static struct device zoo = { .init_name = "zoo", .release = release };

static int __init zoo_init(void)
{
	return device_register(&zoo); /* TOLD */
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
