/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_ASM_GENERIC_GPIO_H
#define KT_ASM_GENERIC_GPIO_H

#include <kt/core/linux/gpio.h>

/* What a kernel's asm-generic/gpio.h brings along. */
#include <linux/device.h>
#include <linux/gpio/consumer.h>
#include <linux/irq.h>
#include <linux/of.h>
#include <linux/seq_file.h>

#endif
