// SPDX-License-Identifier: MIT OR Apache-2.0
/* A class is there when the module goes.
 *
 * kind: left at unload
 * told: class "zoo" is still registered
 */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/module.h>

static struct class *zoo;

static int __init zoo_init(void)
{
	zoo = class_create(THIS_MODULE, "zoo"); /* TOLD */
	return PTR_ERR_OR_ZERO(zoo);
}

static void __exit zoo_exit(void)
{
}

module_init(zoo_init);
module_exit(zoo_exit);
MODULE_LICENSE("Dual MIT/GPL");
