// SPDX-License-Identifier: MIT OR Apache-2.0
/* A device is unregistered before the module goes.
 *
 * kind: left at unload
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
	return device_register(&zoo);
}

static void __exit zoo_exit(void)
{
	device_unregister(&zoo);
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
