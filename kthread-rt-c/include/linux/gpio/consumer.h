/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_GPIO_CONSUMER_H
#define KT_LINUX_GPIO_CONSUMER_H

#include <kt/core/linux/gpio/consumer.h>

/* What a kernel's linux/gpio/consumer.h brings along. */
#include <linux/bug.h>
#include <linux/err.h>

#endif
