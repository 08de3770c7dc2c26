/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Devices, their names and their attributes. There are no buses: nothing is probed. */
#ifndef KT_CORE_LINUX_DEVICE_H
#define KT_CORE_LINUX_DEVICE_H

#include <kt/core/linux/bug.h>
#include <kt/core/linux/cleanup.h>
#include <kt/core/linux/dev_printk.h>
#include <kt/core/linux/device/bus.h>
#include <kt/core/linux/device/class.h>
#include <kt/core/linux/device/driver.h>
#include <kt/core/linux/err.h>
#include <kt/core/linux/gfp.h>
#include <kt/core/linux/kobject.h>
#include <kt/core/linux/mutex.h>
#include <kt/core/linux/numa.h>
#include <kt/core/linux/slab.h>
#include <kt/core/linux/string.h>
#include <kt/core/linux/types.h>

struct device_node;
struct resource;
struct device_private;
struct fwnode_handle;

struct device_type {
	const char *name;
	const struct attribute_group **groups;
	void (*release)(struct device *dev);
};

struct device {
	struct kobject kobj;
	struct device *parent;
	const char *init_name;
	const struct device_type *type;
	struct bus_type *bus;
	struct device_driver *driver;
	void *platform_data;
	void *driver_data;
	struct device_node *of_node;
	struct fwnode_handle *fwnode;
	__KT_DEV(devt);
	u32 id;
	struct KT_CLASS *KT_CLASS;
	const struct attribute_group **groups;
	void (*release)(struct device *dev);
	u64 *dma_mask;
	u64 coherent_dma_mask;
	void *kt_managed; /* what devm_ functions have allocated */
	struct mutex mutex;
};

/* There is no driver core that would lock it, too: only modules do. */
static inline void device_lock(struct device *dev)
{
	mutex_lock(&dev->mutex);
}

static inline int device_lock_interruptible(struct device *dev)
{
	return mutex_lock_interruptible(&dev->mutex);
}

static inline int device_trylock(struct device *dev)
{
	return mutex_trylock(&dev->mutex);
}

static inline void device_unlock(struct device *dev)
{
	mutex_unlock(&dev->mutex);
}

static inline void device_lock_assert(struct device *dev)
{
	lockdep_assert_held(&dev->mutex);
}

struct device_attribute {
	struct attribute attr;
	ssize_t (*show)(struct device *dev, struct device_attribute *attr, char *buf);
	ssize_t (*store)(struct device *dev, struct device_attribute *attr, const char *buf, size_t count);
};

KT_BEGIN
int device_create_bin_file(struct device *dev, const struct bin_attribute *attr);
void device_remove_bin_file(struct device *dev, const struct bin_attribute *attr);
struct device *device_create(struct KT_CLASS *cls, struct device *parent, dev_t devt, void *drvdata, const char *fmt,
			     ...) __printf(5, 6);
struct device *device_create_with_groups(struct KT_CLASS *cls, struct device *parent, dev_t devt, void *drvdata,
					 const struct attribute_group **groups, const char *fmt, ...) __printf(6, 7);
void device_destroy(struct KT_CLASS *cls, dev_t devt);
int device_register(struct device *dev);
void device_unregister(struct device *dev);
void device_initialize(struct device *dev);
int device_add(struct device *dev);
void device_del(struct device *dev);
int device_rename(struct device *dev, const char *name);
struct device *get_device(struct device *dev);
void put_device(struct device *dev);
int dev_set_name(struct device *dev, const char *fmt, ...) __printf(2, 3);
int device_create_file(struct device *dev, const struct device_attribute *attr);
void device_remove_file(struct device *dev, const struct device_attribute *attr);
bool device_remove_file_self(struct device *dev, const struct device_attribute *attr);
void *devm_kmalloc(struct device *dev, size_t size, gfp_t flags);
void devm_kfree(struct device *dev, const void *block);
int devm_add_action(struct device *dev, void (*action)(void *data), void *data);
int kt_devm_remove_action(struct device *dev, void (*action)(void *data), void *data);
void *kt_devres_alloc(void (*release)(struct device *dev, void *resource), size_t size, gfp_t flags);
void devres_add(struct device *dev, void *resource);
void devres_free(const void *resource);
KT_END

typedef void (*dr_release_t)(struct device *dev, void *resource);
#define devres_alloc(release, size, flags) kt_devres_alloc(release, size, flags)

#define DEVICE_ATTR(name, mode, show, store) struct device_attribute dev_attr_##name = __ATTR(name, mode, show, store)
#define DEVICE_ATTR_RO(name) struct device_attribute dev_attr_##name = __ATTR_RO(name)
#define DEVICE_ATTR_WO(name) struct device_attribute dev_attr_##name = __ATTR_WO(name)
#define DEVICE_ATTR_RW(name) struct device_attribute dev_attr_##name = __ATTR_RW(name)

static inline struct device *kobj_to_dev(struct kobject *object)
{
	return container_of(object, struct device, kobj);
}

static inline const char *dev_name(const struct device *dev)
{
	return dev->init_name ? dev->init_name : kobject_name(&dev->kobj);
}

static inline void kt_release_root_device(struct device *dev)
{
	kfree(dev);
}

/* A device without a bus, the parent of others. */
static inline struct device *__root_device_register(const char *name, struct module *owner)
{
	struct device *dev = (struct device *)kzalloc(sizeof(*dev), GFP_KERNEL);
	int error;

	(void)owner;
	if (!dev)
		return (struct device *)ERR_PTR(-ENOMEM);
	dev->release = kt_release_root_device;
	device_initialize(dev);
	error = dev_set_name(dev, "%s", name);
	if (!error)
		error = device_add(dev);
	if (error) {
		put_device(dev);
		return (struct device *)ERR_PTR(error);
	}
	return dev;
}

#define root_device_register(name) __root_device_register(name, THIS_MODULE)

static inline void root_device_unregister(struct device *dev)
{
	device_unregister(dev);
}

static inline int dev_to_node(struct device *dev)
{
	(void)dev;
	return NUMA_NO_NODE;
}

static inline void *dev_get_drvdata(const struct device *dev)
{
	return dev->driver_data;
}

static inline void dev_set_drvdata(struct device *dev, void *data)
{
	dev->driver_data = data;
}

static inline void *dev_get_platdata(const struct device *dev)
{
	return dev->platform_data;
}

static inline void *devm_kzalloc(struct device *dev, size_t size, gfp_t flags)
{
	return devm_kmalloc(dev, size, flags | __GFP_ZERO);
}

static inline void *devm_kcalloc(struct device *dev, size_t n, size_t size, gfp_t flags)
{
	size_t bytes;

	return __builtin_mul_overflow(n, size, &bytes) ? NULL : devm_kzalloc(dev, bytes, flags);
}

static inline void *devm_kmalloc_array(struct device *dev, size_t n, size_t size, gfp_t flags)
{
	return devm_kcalloc(dev, n, size, flags);
}

static inline int devm_add_action_or_reset(struct device *dev, void (*action)(void *data), void *data)
{
	int error = devm_add_action(dev, action, data);

	if (error)
		action(data);
	return error;
}

static inline void devm_remove_action(struct device *dev, void (*action)(void *data), void *data)
{
	WARN_ON(kt_devm_remove_action(dev, action, data));
}

static inline void devm_release_action(struct device *dev, void (*action)(void *data), void *data)
{
	if (!WARN_ON(kt_devm_remove_action(dev, action, data)))
		action(data);
}

static inline void *devm_kmemdup(struct device *dev, const void *from, size_t size, gfp_t flags)
{
	void *block = devm_kmalloc(dev, size, flags);

	return block ? memcpy(block, from, size) : NULL;
}

static inline char *devm_kstrdup(struct device *dev, const char *text, gfp_t flags)
{
	return text ? (char *)devm_kmemdup(dev, text, strlen(text) + 1, flags) : NULL;
}

static inline void kt_devm_free(void *block)
{
	kfree(block);
}

static inline __printf(3, 4) char *devm_kasprintf(struct device *dev, gfp_t flags, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = kvasprintf(flags, fmt, args);
	va_end(args);
	if (text)
		devm_add_action(dev, kt_devm_free, text);
	return text;
}

static inline void __iomem *devm_ioremap_resource(struct device *dev, const struct resource *resource)
{
	(void)dev, (void)resource;
	return (void __iomem *)ERR_PTR(-EBUSY);
}

static inline struct device_node *dev_of_node(struct device *dev)
{
	return dev ? dev->of_node : NULL;
}

static inline void set_dev_node(struct device *dev, int node)
{
	(void)dev, (void)node;
}

static inline int device_is_registered(struct device *dev)
{
	return dev->kobj.state_in_sysfs;
}
DEFINE_FREE(put_device, struct device *, if (_T) put_device(_T))
DEFINE_FREE(device_del, struct device *, if (_T) device_del(_T))

#endif
