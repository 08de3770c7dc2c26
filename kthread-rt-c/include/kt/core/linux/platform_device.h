/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Names only: drivers can be registered, but are never probed. */
#ifndef KT_CORE_LINUX_PLATFORM_DEVICE_H
#define KT_CORE_LINUX_PLATFORM_DEVICE_H

#include <kt/core/linux/device.h>
#include <kt/core/linux/ioport.h>
#include <kt/core/linux/mod_devicetable.h>
#include <kt/core/linux/version.h>

struct platform_device {
	const char *name;
	int id;
	struct device dev;
	u32 num_resources;
	struct resource *resource;
};
struct platform_driver {
	int (*probe)(struct platform_device *device);
#if KT_SINCE(6, 11)
	void (*remove)(struct platform_device *device);
#else
	int (*remove)(struct platform_device *device);
#endif
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
/* The index-th resource of the device. */
static inline struct resource *platform_get_resource(struct platform_device *device, unsigned int type, unsigned int index)
{
	u32 at;

	for (at = 0; at < device->num_resources; at++)
		if ((device->resource[at].flags & type) && index-- == 0)
			return &device->resource[at];
	return NULL;
}

static inline int platform_get_irq(struct platform_device *device, unsigned int index)
{
	struct resource *found = platform_get_resource(device, IORESOURCE_IRQ, index);

	return found ? (int)found->start : -ENXIO;
}
#define platform_get_irq_optional platform_get_irq

static inline void __iomem *devm_platform_ioremap_resource(struct platform_device *device, unsigned int index)
{
	(void)device, (void)index;
	return (void __iomem *)ERR_PTR(-EINVAL);
}

#define module_platform_driver(driver) module_driver(driver, platform_driver_register, platform_driver_unregister)
#define builtin_platform_driver(driver) builtin_driver(driver, platform_driver_register)

#define PLATFORM_DEVID_NONE (-1)
#define PLATFORM_DEVID_AUTO (-2)

/* A device that a module makes itself. It is not matched with drivers. */
static inline int platform_device_add(struct platform_device *device)
{
	static int next;

	if (device->id >= 0)
		dev_set_name(&device->dev, "%s.%d", device->name, device->id);
	else if (device->id == PLATFORM_DEVID_AUTO)
		dev_set_name(&device->dev, "%s.%d.auto", device->name, __atomic_fetch_add(&next, 1, __ATOMIC_RELAXED));
	else
		dev_set_name(&device->dev, "%s", device->name);
	return device_add(&device->dev);
}

static inline int platform_device_register(struct platform_device *device)
{
	device_initialize(&device->dev);
	return platform_device_add(device);
}

static inline void platform_device_unregister(struct platform_device *device)
{
	device_unregister(&device->dev);
}

static inline void platform_device_put(struct platform_device *device)
{
	if (device)
		put_device(&device->dev);
}

static inline void kt_platform_device_release(struct device *dev)
{
	struct platform_device *device = to_platform_device(dev);

	kfree(device->dev.platform_data);
	kfree(device->resource);
	kfree(device->name);
	kfree(device);
}

static inline struct platform_device *platform_device_alloc(const char *name, int id)
{
	struct platform_device *device = (struct platform_device *)kzalloc(sizeof(*device), GFP_KERNEL);

	if (!device)
		return NULL;
	device->name = kstrdup(name, GFP_KERNEL);
	device->id = id;
	device_initialize(&device->dev);
	device->dev.release = kt_platform_device_release;
	return device;
}

static inline int platform_device_add_resources(struct platform_device *device, const struct resource *resources,
						unsigned int count)
{
	struct resource *copy = NULL;

	if (count) {
		copy = (struct resource *)kmemdup(resources, count * sizeof(*resources), GFP_KERNEL);
		if (!copy)
			return -ENOMEM;
	}
	kfree(device->resource);
	device->resource = copy;
	device->num_resources = count;
	return 0;
}

static inline int platform_device_add_data(struct platform_device *device, const void *data, size_t size)
{
	void *copy = NULL;

	if (data) {
		copy = kmemdup(data, size, GFP_KERNEL);
		if (!copy)
			return -ENOMEM;
	}
	kfree(device->dev.platform_data);
	device->dev.platform_data = copy;
	return 0;
}

static inline struct platform_device *platform_device_register_resndata(struct device *parent, const char *name, int id,
									const struct resource *resources,
									unsigned int count, const void *data, size_t size)
{
	struct platform_device *device = platform_device_alloc(name, id);
	int error;

	if (!device)
		return (struct platform_device *)ERR_PTR(-ENOMEM);
	device->dev.parent = parent;
	error = platform_device_add_resources(device, resources, count);
	if (!error)
		error = platform_device_add_data(device, data, size);
	if (!error)
		error = platform_device_add(device);
	if (error) {
		platform_device_put(device);
		return (struct platform_device *)ERR_PTR(error);
	}
	return device;
}

static inline struct platform_device *platform_device_register_simple(const char *name, int id,
								      const struct resource *resources, unsigned int count)
{
	return platform_device_register_resndata(NULL, name, id, resources, count, NULL, 0);
}

static inline struct platform_device *platform_device_register_data(struct device *parent, const char *name, int id,
								    const void *data, size_t size)
{
	return platform_device_register_resndata(parent, name, id, NULL, 0, data, size);
}

#endif
