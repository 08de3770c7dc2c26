/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Buses. There are none, so registered drivers are never probed. */
#ifndef KT_CORE_LINUX_DEVICE_BUS_H
#define KT_CORE_LINUX_DEVICE_BUS_H

#include <kt/core/linux/pm.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

struct attribute_group;
struct device;
struct device_driver;
struct kobj_uevent_env;

struct bus_type {
	const char *name;
	const char *dev_name;
	struct device *dev_root;
	const struct attribute_group **bus_groups;
	const struct attribute_group **dev_groups;
	const struct attribute_group **drv_groups;
#if KT_SINCE(6, 11)
	int (*match)(struct device *dev, const struct device_driver *driver);
#else
	int (*match)(struct device *dev, struct device_driver *driver);
#endif
#if KT_SINCE(6, 3)
	int (*uevent)(const struct device *dev, struct kobj_uevent_env *env);
#else
	int (*uevent)(struct device *dev, struct kobj_uevent_env *env);
#endif
	int (*probe)(struct device *dev);
	void (*sync_state)(struct device *dev);
	void (*remove)(struct device *dev);
	void (*shutdown)(struct device *dev);
	int (*suspend)(struct device *dev, pm_message_t state);
	int (*resume)(struct device *dev);
	const struct dev_pm_ops *pm;
};

static inline int bus_register(struct bus_type *bus)
{
	(void)bus;
	return 0;
}

static inline void bus_unregister(struct bus_type *bus)
{
	(void)bus;
}

#endif
