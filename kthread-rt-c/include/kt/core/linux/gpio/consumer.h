/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Pins by name. There are none. */
#ifndef KT_CORE_LINUX_GPIO_CONSUMER_H
#define KT_CORE_LINUX_GPIO_CONSUMER_H

#include <kt/core/linux/err.h>
#include <kt/core/linux/errno.h>
#include <kt/core/linux/types.h>

struct device;
struct gpio_desc;

struct gpio_descs {
	unsigned int ndescs;
	struct gpio_desc *desc[];
};

#define GPIOD_FLAGS_BIT_DIR_SET 1
#define GPIOD_FLAGS_BIT_DIR_OUT 2
#define GPIOD_FLAGS_BIT_DIR_VAL 4

enum gpiod_flags {
	GPIOD_ASIS = 0,
	GPIOD_IN = GPIOD_FLAGS_BIT_DIR_SET,
	GPIOD_OUT_LOW = GPIOD_FLAGS_BIT_DIR_SET | GPIOD_FLAGS_BIT_DIR_OUT,
	GPIOD_OUT_HIGH = GPIOD_FLAGS_BIT_DIR_SET | GPIOD_FLAGS_BIT_DIR_OUT | GPIOD_FLAGS_BIT_DIR_VAL,
};

static inline struct gpio_desc *gpiod_get_index(struct device *dev, const char *name, unsigned int index,
						 enum gpiod_flags flags)
{
	(void)dev, (void)name, (void)index, (void)flags;
	return (struct gpio_desc *)ERR_PTR(-ENOENT);
}

static inline struct gpio_desc *gpiod_get(struct device *dev, const char *name, enum gpiod_flags flags)
{
	return gpiod_get_index(dev, name, 0, flags);
}
#define devm_gpiod_get gpiod_get
#define devm_gpiod_get_index gpiod_get_index

static inline struct gpio_desc *gpiod_get_optional(struct device *dev, const char *name, enum gpiod_flags flags)
{
	(void)dev, (void)name, (void)flags;
	return NULL;
}
#define devm_gpiod_get_optional gpiod_get_optional

static inline void gpiod_put(struct gpio_desc *desc)
{
	(void)desc;
}

static inline struct gpio_desc *gpio_to_desc(unsigned int number)
{
	(void)number;
	return NULL;
}

static inline int gpiod_direction_input(struct gpio_desc *desc)
{
	(void)desc;
	return desc ? -ENODEV : 0;
}

static inline int gpiod_direction_output(struct gpio_desc *desc, int value)
{
	(void)value;
	return desc ? -ENODEV : 0;
}

static inline int gpiod_get_value(const struct gpio_desc *desc)
{
	(void)desc;
	return 0;
}
#define gpiod_get_value_cansleep gpiod_get_value

static inline void gpiod_set_value(struct gpio_desc *desc, int value)
{
	(void)desc, (void)value;
}
#define gpiod_set_value_cansleep gpiod_set_value

static inline int gpiod_to_irq(const struct gpio_desc *desc)
{
	(void)desc;
	return -EINVAL;
}

static inline int gpiod_set_debounce(struct gpio_desc *desc, unsigned int us)
{
	(void)desc, (void)us;
	return -ENOTSUPP;
}

#endif
