/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Names: there are no pins. Asking for one fails with -ENODEV. */
#ifndef KT_CORE_LINUX_GPIO_H
#define KT_CORE_LINUX_GPIO_H

#include <kt/core/linux/errno.h>
#include <kt/core/linux/types.h>

#define GPIOF_IN 1
#define GPIOF_OUT_INIT_LOW 0
#define GPIOF_OUT_INIT_HIGH 2

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
