/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_GPIO_H
#define KT_LINUX_GPIO_H

#include <kt/core/linux/gpio.h>

/* What a kernel's linux/gpio.h brings along. */
#include <asm-generic/gpio.h>

#endif
