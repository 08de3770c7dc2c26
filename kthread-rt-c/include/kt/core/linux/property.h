/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Firmware's properties of devices. There are none: reading one returns -EINVAL. */
#ifndef KT_CORE_LINUX_PROPERTY_H
#define KT_CORE_LINUX_PROPERTY_H

#include <kt/core/linux/device.h>
#include <kt/core/linux/errno.h>
#include <kt/core/linux/types.h>

static inline bool device_property_present(const struct device *dev, const char *name)
{
	(void)dev, (void)name;
	return false;
}

static inline bool device_property_read_bool(const struct device *dev, const char *name)
{
	return device_property_present(dev, name);
}

#define __kt_property_reader(name_, type) \
	static inline int device_property_read_##name_##_array(const struct device *dev, const char *name, type *values, size_t count) \
	{ \
		(void)dev, (void)name, (void)values, (void)count; \
		return -EINVAL; \
	} \
	static inline int device_property_read_##name_(const struct device *dev, const char *name, type *value) \
	{ \
		return device_property_read_##name_##_array(dev, name, value, 1); \
	}
__kt_property_reader(u8, u8)
__kt_property_reader(u16, u16)
__kt_property_reader(u32, u32)
__kt_property_reader(u64, u64)
#undef __kt_property_reader

static inline int device_property_read_string(const struct device *dev, const char *name, const char **value)
{
	(void)dev, (void)name, (void)value;
	return -EINVAL;
}

static inline int device_property_read_string_array(const struct device *dev, const char *name, const char **values, size_t count)
{
	(void)count;
	return device_property_read_string(dev, name, values);
}

static inline int device_property_match_string(const struct device *dev, const char *name, const char *string)
{
	(void)dev, (void)name, (void)string;
	return -EINVAL;
}

#endif
