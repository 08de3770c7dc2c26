/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Drivers of devices: none is ever probed. */
#ifndef KT_CORE_LINUX_DEVICE_DRIVER_H
#define KT_CORE_LINUX_DEVICE_DRIVER_H

#include <kt/core/linux/device/bus.h>
#include <kt/core/linux/pm.h>
#include <kt/core/linux/types.h>

struct attribute_group;
struct bus_type;
struct device;
struct module;
struct of_device_id;

enum probe_type { PROBE_DEFAULT_STRATEGY, PROBE_PREFER_ASYNCHRONOUS, PROBE_FORCE_SYNCHRONOUS };

struct device_driver {
	const char *name;
	struct bus_type *bus;
	struct module *owner;
	const char *mod_name;
	bool suppress_bind_attrs;
	enum probe_type probe_type;
	const struct of_device_id *of_match_table;
	const void *acpi_match_table;
	int (*probe)(struct device *dev);
	int (*remove)(struct device *dev);
	void (*sync_state)(struct device *dev);
	void (*shutdown)(struct device *dev);
	int (*suspend)(struct device *dev, pm_message_t state);
	int (*resume)(struct device *dev);
	const struct attribute_group **groups;
	const struct attribute_group **dev_groups;
	const struct dev_pm_ops *pm;
};

static inline int driver_register(struct device_driver *driver)
{
	(void)driver;
	return 0;
}

static inline void driver_unregister(struct device_driver *driver)
{
	(void)driver;
}

/* A module that registers a driver, and nothing else. */
#define module_driver(driver, register_fn, unregister_fn, ...) \
	static int __init driver##_init(void) \
	{ \
		return register_fn(&(driver), ##__VA_ARGS__); \
	} \
	module_init(driver##_init); \
	static void __exit driver##_exit(void) \
	{ \
		unregister_fn(&(driver), ##__VA_ARGS__); \
	} \
	module_exit(driver##_exit)
#define builtin_driver(driver, register_fn, ...) \
	static int __init driver##_init(void) \
	{ \
		return register_fn(&(driver), ##__VA_ARGS__); \
	} \
	module_init(driver##_init)

#endif
