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
#define gpio_request(number, label) ((void)(number), -ENODEV)
#define gpio_request_one(number, flags, label) ((void)(number), -ENODEV)
#define gpio_free(number) ((void)(number))
#define gpio_direction_input(number) ((void)(number), -ENODEV)
#define gpio_direction_output(number, value) ((void)(number), -ENODEV)
#define gpio_get_value(number) ((void)(number), 0)
#define gpio_set_value(number, value) ((void)(number), (void)(value))
#define gpio_to_irq(number) ((void)(number), -ENODEV)
#define gpio_export(number, may_change) ((void)(number), -ENODEV)
#define gpio_unexport(number) ((void)(number))
#define gpio_set_debounce(number, us) ((void)(number), -ENODEV)

#endif
