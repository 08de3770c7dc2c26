/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Names only: there are no pins. Requesting one fails with -ENODEV. */
#ifndef KT_CORE_LINUX_GPIO_H
#define KT_CORE_LINUX_GPIO_H

#include <kt/core/linux/errno.h>
#include <kt/core/linux/types.h>

#define GPIOF_IN 1
#define GPIOF_OUT_INIT_LOW 0
#define GPIOF_OUT_INIT_HIGH 2
#define GPIOF_DIR_OUT 0
#define GPIOF_DIR_IN 1
#define GPIOF_INIT_LOW 0
#define GPIOF_INIT_HIGH 2
#define GPIOF_ACTIVE_LOW 4
#define GPIOF_OPEN_DRAIN 8
#define GPIOF_OPEN_SOURCE 16
#define GPIOF_EXPORT 32
#define GPIOF_EXPORT_CHANGEABLE 64
#define GPIOF_EXPORT_DIR_FIXED GPIOF_EXPORT
#define GPIOF_EXPORT_DIR_CHANGEABLE (GPIOF_EXPORT | GPIOF_EXPORT_CHANGEABLE)

/* Several pins that are requested at once. */
struct gpio {
	unsigned int gpio;
	unsigned long flags;
	const char *label;
};

struct device;

static inline int gpio_request_array(const struct gpio *pins, size_t count)
{
	(void)pins;
	return count ? -ENODEV : 0;
}

static inline void gpio_free_array(const struct gpio *pins, size_t count)
{
	(void)pins, (void)count;
}

static inline int devm_gpio_request(struct device *dev, unsigned int number, const char *label)
{
	(void)dev, (void)number, (void)label;
	return -ENODEV;
}

static inline int devm_gpio_request_one(struct device *dev, unsigned int number, unsigned long flags, const char *label)
{
	(void)dev, (void)number, (void)flags, (void)label;
	return -ENODEV;
}

static inline int gpio_cansleep(unsigned int number)
{
	(void)number;
	return 0;
}

static inline int gpio_get_value_cansleep(unsigned int number)
{
	(void)number;
	return 0;
}

static inline void gpio_set_value_cansleep(unsigned int number, int value)
{
	(void)number, (void)value;
}

static inline int irq_to_gpio(unsigned int irq)
{
	(void)irq;
	return -ENODEV;
}

static inline bool gpio_is_valid(int number)
{
	(void)number;
	return false;
}

static inline int gpio_request(unsigned number, const char *label)
{
	(void)label, (void)number;
	return -ENODEV;
}

static inline int gpio_request_one(unsigned number, unsigned long flags, const char *label)
{
	(void)label, (void)flags, (void)number;
	return -ENODEV;
}

static inline void gpio_free(unsigned number)
{
	(void)number;
}

static inline int gpio_direction_input(unsigned number)
{
	(void)number;
	return -ENODEV;
}

static inline int gpio_direction_output(unsigned number, int value)
{
	(void)value, (void)number;
	return -ENODEV;
}

static inline int gpio_get_value(unsigned int number)
{
	(void)number;
	return 0;
}

static inline void gpio_set_value(unsigned int number, int value)
{
	(void)number, (void)value;
}

static inline int gpio_to_irq(unsigned int number)
{
	(void)number;
	return -ENODEV;
}

static inline int gpio_export(unsigned number, bool may_change)
{
	(void)may_change, (void)number;
	return -ENODEV;
}

static inline void gpio_unexport(unsigned number)
{
	(void)number;
}

static inline int gpio_set_debounce(unsigned number, unsigned us)
{
	(void)us, (void)number;
	return -ENODEV;
}

#endif
