/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_LEDS_H
#define KT_LINUX_LEDS_H

#include <kt/core/linux/leds.h>

/* What a kernel's linux/leds.h brings along. */
#include <linux/device.h>

#endif
