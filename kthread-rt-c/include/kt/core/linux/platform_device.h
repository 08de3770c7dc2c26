/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Names: drivers register, and are never probed. */
#ifndef KT_CORE_LINUX_PLATFORM_DEVICE_H
#define KT_CORE_LINUX_PLATFORM_DEVICE_H

#include <kt/core/linux/device.h>
#include <kt/core/linux/ioport.h>
#include <kt/core/linux/mod_devicetable.h>

struct platform_device {
	const char *name;
	int id;
	struct device dev;
	u32 num_resources;
	struct resource *resource;
};
struct platform_driver {
	int (*probe)(struct platform_device *device);
	int (*remove)(struct platform_device *device);
	void (*shutdown)(struct platform_device *device);
	struct device_driver driver;
	const struct platform_device_id *id_table;
};

#define to_platform_device(device) container_of(device, struct platform_device, dev)

static inline int platform_driver_register(struct platform_driver *driver)
{
	(void)driver;
	return 0;
}

static inline void platform_driver_unregister(struct platform_driver *driver)
{
	(void)driver;
}

static inline void *platform_get_drvdata(const struct platform_device *device)
{
	return device->dev.driver_data;
}

static inline void platform_set_drvdata(struct platform_device *device, void *data)
{
	device->dev.driver_data = data;
}

static inline int platform_get_irq(struct platform_device *device, unsigned int index)
{
	(void)index, (void)device;
	return -ENXIO;
}

static inline struct resource *platform_get_resource(struct platform_device *device, unsigned int type, unsigned int index)
{
	(void)index, (void)type, (void)device;
	return (struct resource *)0;
}

#define module_platform_driver(driver) \
	static int __init driver##_init(void) \
	{ \
		return platform_driver_register(&(driver)); \
	} \
	module_init(driver##_init) \
	static void __exit driver##_exit(void) \
	{ \
		platform_driver_unregister(&(driver)); \
	} \
	module_exit(driver##_exit)

#endif
